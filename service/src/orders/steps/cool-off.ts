import type { ProductOrderTable } from '../../database/tables.ts'
import { warningOf } from '../../stop/warning-settings.ts'
import { queueSms } from '../queue-sms.ts'
import { wishedEnding } from '../wishes.ts'
import { postPayments } from './hand-over.ts'
import type { Step } from './step.ts'
import { endAsWished } from './wished-ending.ts'

/** When the number itself is warned again: some hours before the end; undefined when there is no time for it or it has been done. */
function warnAgainAt(order: ProductOrderTable): number | undefined {
  if (order.cooling_until === null || order.warned_again_at !== null) return undefined
  const { againHoursBefore } = warningOf(order)
  const at = order.cooling_until - againHoursBefore * 3_600_000
  return againHoursBefore > 0 && at > order.created_at ? at : undefined
}

/** Seconds until something is to be done in an order that cools off. */
export function nextCoolingStep(order: ProductOrderTable, now: number): number {
  const next = Math.min(order.cooling_until ?? now, warnAgainAt(order) ?? Number.POSITIVE_INFINITY)
  return Math.max(0, next - now) / 1000
}

/**
 * Stage `coolingOff`: nothing leaves this house. The number is warned again before the end; whoever wants to stop or withdraw does
 * so without anybody outside having heard of the order. At the end it goes on as any accepted order does.
 */
export const coolOff: Step = async (context, order) => {
  const now = context.clock.now()
  const over = order.cooling_until === null || now >= order.cooling_until
  const wished = wishedEnding(order)
  if (wished && order.home_contacted_at === null) return endAsWished(context, order, wished)
  if (over) return postPayments(context, order)
  const again = warnAgainAt(order)
  if (again !== undefined && now >= again)
    return {
      kind: 'change',
      next: nextCoolingStep({ ...order, warned_again_at: now }, now),
      change: { set: { warned_again_at: now } },
      also: (tx, changed) => queueSms(tx, context, changed, 'warningAgain'),
    }
  return { kind: 'change', next: nextCoolingStep(order, now), change: {} }
}
