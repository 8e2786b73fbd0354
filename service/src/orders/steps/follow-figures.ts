import { shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { endUnhappily } from './end-unhappily.ts'
import { again, homeOf, type Step, type StepResult } from './step.ts'

/** How long an order that waits for its customer is left alone at most. */
const longestLookSeconds = 3600

/** The customer does not want the new figures, or did not come: the home province gets its approved order back, uncarried. */
async function giveUp(
  context: ServiceContext,
  order: ProductOrderTable,
  ending: 'withdrawn' | 'stopped' | 'expired',
): Promise<StepResult> {
  const answer = await context.homeBss.withdraw(
    homeOf(order),
    { reason: ending === 'withdrawn' ? (order.withdraw_reason ?? ending) : ending, cause: 'figuresChanged' },
    { key: `${ending}-figures:${order.order_id}:${order.resupply_by}`, orderId: order.order_id },
  )
  // A home province that does not take an approved order back keeps a promise nobody will ask for: only our calls end anything.
  const kept = answer.outcome === 'refused' && ['ALREADY_APPROVED', 'ALREADY_REFUSED'].includes(answer.code)
  if (answer.outcome !== 'ok' && !kept) return again(answer)
  return endUnhappily(context, order, { stage: ending, event: { code: ending }, set: { figures: null } })
}

/** Stage `returned` because an order would cost more than was signed: waits for the customer, until the deadline. */
export const followFigures: Step = async (context, order) => {
  if (order.stop_requested_at !== null) return giveUp(context, order, 'stopped')
  if (order.withdraw_requested_at !== null) return giveUp(context, order, 'withdrawn')
  const now = context.clock.now()
  const until = order.resupply_by ?? now
  if (now > until || shanghaiDate(now) > order.deadline) return giveUp(context, order, 'expired')
  return {
    kind: 'change',
    next: Math.min(longestLookSeconds, (until - now) / 1000 + 1),
    change: { set: { attempts: 0 } },
  }
}
