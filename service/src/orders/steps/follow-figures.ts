import { shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import { wishedEnding } from '../wishes.ts'
import type { Step, StepResult } from './step.ts'
import { giveBack } from './wished-ending.ts'

/** How long an order that waits for its customer is left alone at most. */
const longestLookSeconds = 3600

/** Waits for the customer until the deadline: what was asked for meanwhile, or the deadline, brings the order to its end. */
export async function waitForCustomer(
  context: ServiceContext,
  order: ProductOrderTable,
  cause: 'figuresChanged' | 'takenBackByStore',
): Promise<StepResult> {
  const wished = wishedEnding(order)
  if (wished) return giveBack(context, order, wished, cause)
  const now = context.clock.now()
  const until = order.resupply_by ?? now
  if (now > until || shanghaiDate(now) > order.deadline) return giveBack(context, order, 'expired', cause)
  return {
    kind: 'change',
    next: Math.min(longestLookSeconds, (until - now) / 1000 + 1),
    change: { set: { attempts: 0 } },
  }
}

/** Stage `returned` because an order would cost more than was signed: waits for the customer, until the deadline. */
export const followFigures: Step = (context, order) => waitForCustomer(context, order, 'figuresChanged')
