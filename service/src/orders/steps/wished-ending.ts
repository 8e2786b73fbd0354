import { byStore } from '../../../../src/shared/domain/repairs.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { type EarlyEnding, reasonOfEnding, wishedAt } from '../wishes.ts'
import { endUnhappily } from './end-unhappily.ts'
import { again, homeOf, type StepResult } from './step.ts'

/** Ends an order as wished, with compensation of what was posted. The home province knows, or has never heard of it. */
export function endAsWished(
  context: ServiceContext,
  order: ProductOrderTable,
  ending: EarlyEnding,
): Promise<StepResult> {
  if (ending !== 'refused')
    return endUnhappily(context, order, { stage: ending, event: { code: ending }, set: { figures: null } })
  const reason = { code: byStore, params: { text: order.refuse_reason ?? '' } }
  return endUnhappily(context, order, {
    stage: 'refused',
    event: { code: 'refusedHere' },
    set: { figures: null, refused_for: JSON.stringify(reason) },
  })
}

/**
 * Gives the home province an order back that it may have approved and of which nothing was carried out, then ends it. A home province
 * that does not take an approved order back keeps a promise nobody will ask for: only our calls end anything.
 */
export async function giveBack(
  context: ServiceContext,
  order: ProductOrderTable,
  ending: EarlyEnding,
  cause: 'figuresChanged' | 'takenBackByStore',
): Promise<StepResult> {
  const key = cause === 'figuresChanged' ? `${ending}-figures` : `${ending}-store`
  const answer = await context.homeBss.withdraw(
    homeOf(order),
    { reason: reasonOfEnding(order, ending), cause },
    { key: `${key}:${order.order_id}:${order.resupply_by ?? wishedAt(order, ending)}`, orderId: order.order_id },
  )
  const kept = answer.outcome === 'refused' && ['ALREADY_APPROVED', 'ALREADY_REFUSED'].includes(answer.code)
  if (answer.outcome !== 'ok' && !kept) return again(answer)
  return endAsWished(context, order, ending)
}
