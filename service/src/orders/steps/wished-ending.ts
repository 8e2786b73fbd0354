import { byStore } from '../../../../src/shared/domain/repairs.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { endUnhappily } from './end-unhappily.ts'
import { again, homeOf, type StepResult } from './step.ts'

/** How an order is to end before its end, and by whose wish: the customer's, the true holder's, the store's, or a deadline's. */
export type EarlyEnding = 'withdrawn' | 'stopped' | 'refused' | 'expired'

/** What somebody wants of an order that nobody has decided yet; the true holder goes before everybody, the customer before the store. */
export function wishedEnding(order: ProductOrderTable): Exclude<EarlyEnding, 'expired'> | undefined {
  if (order.stop_requested_at !== null) return 'stopped'
  if (order.withdraw_requested_at !== null) return 'withdrawn'
  return order.refuse_requested_at === null ? undefined : 'refused'
}

/** When the wish was made: part of the key under which it is put to the home province. */
export function wishedAt(order: ProductOrderTable, ending: EarlyEnding): number | string {
  const at = {
    stopped: order.stop_requested_at,
    withdrawn: order.withdraw_requested_at,
    refused: order.refuse_requested_at,
    expired: null,
  }[ending]
  return at ?? order.deadline
}

/** What the home province is told. */
export function reasonOfEnding(order: ProductOrderTable, ending: EarlyEnding): string {
  switch (ending) {
    case 'withdrawn':
      return order.withdraw_reason ?? ending
    case 'refused':
      return order.refuse_reason ?? ending
    case 'stopped':
      return 'stopped by its holder'
    case 'expired':
      return 'deadline passed'
  }
}

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
