import { isFinal } from '../../../src/shared/domain/order.ts'
import { assertNever } from '../../../src/shared/domain/result.ts'
import { holdStep } from '../database/hold-step.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import { backOffSeconds } from './back-off.ts'
import { changeOrder } from './change-order.ts'
import { isReturnedByStore } from './returned-by-store.ts'
import { coolOff } from './steps/cool-off.ts'
import { deactivateLine, makeFinalBill, terminateAgreements } from './steps/end-line.ts'
import { followFigures } from './steps/follow-figures.ts'
import { followReview } from './steps/follow-review.ts'
import { followStoreReturn, refuseApproved } from './steps/follow-store-return.ts'
import { dispatch, postPayments } from './steps/hand-over.ts'
import { lookAgain } from './steps/recheck.ts'
import type { Step, StepResult } from './steps/step.ts'

function stepFor(order: ProductOrderTable): Step | undefined {
  switch (order.stage) {
    case 'accepted':
      return postPayments
    case 'coolingOff':
      return coolOff
    case 'paymentsPosted':
      return dispatch
    case 'homeReview':
      if (order.approved_at === null) return followReview
      // Approved and not yet carried out: the store may still refuse it.
      if (order.rechecked_at === null && order.refuse_requested_at !== null) return refuseApproved
      return order.rechecked_at === null ? lookAgain : terminateAgreements
    case 'returned':
      if (order.figures !== null) return followFigures
      return isReturnedByStore(order) ? followStoreReturn : followReview
    case 'agreementsTerminated':
      return makeFinalBill
    case 'settled':
      return deactivateLine
    case 'deactivated':
    case 'refused':
    case 'withdrawn':
    case 'stopped':
    case 'expired':
      return undefined
    default:
      return assertNever(order.stage)
  }
}

function readOrder(context: ServiceContext, orderId: string): Promise<ProductOrderTable | undefined> {
  return context.db.selectFrom('product_order').selectAll().where('order_id', '=', orderId).executeTakeFirst()
}

async function tryAgainLater(context: ServiceContext, order: ProductOrderTable, reason: string): Promise<void> {
  const firstHere = order.retry_noted_stage !== order.stage
  await context.db.transaction().execute((tx) =>
    changeOrder(tx, context, order, {
      set: { attempts: order.attempts + 1, retry_noted_stage: order.stage },
      // Once per stage: the store should know why it takes longer, not read it twenty times.
      events: firstHere ? [{ code: 'retrying', params: { stage: order.stage, reason } }] : [],
      nextStepInSeconds: backOffSeconds(order.attempts, context.timing),
    }),
  )
}

/** Writes a step's outcome unless the order has been changed since; returns the order when its next step follows at once. */
async function write(
  context: ServiceContext,
  order: ProductOrderTable,
  result: Extract<StepResult, { kind: 'change' }>,
): Promise<ProductOrderTable | undefined> {
  const { change, next, first, also } = result
  const changed = await context.db.transaction().execute(async (tx) => {
    if (first) {
      if (!(await holdStep(tx, 'product_order', order.order_id, order.step_token))) return undefined
      await first(tx)
    }
    const written = await changeOrder(tx, context, order, {
      ...change,
      ...(change.stage ? { set: { attempts: 0, ...change.set } } : {}),
      nextStepInSeconds: next === 'never' ? null : next === 'now' ? context.timing.stepNetSeconds : next,
    })
    if (written) await also?.(tx, written)
    return written
  })
  return next === 'now' ? changed : undefined
}

/**
 * Takes an order as far as it goes now. A token other than the order's means that this step was overtaken: somebody else has the
 * order. No transaction is open while the outside world is asked.
 */
export async function advanceOrder(context: ServiceContext, orderId: string, token: number): Promise<void> {
  let order = await readOrder(context, orderId)
  if (!order || order.step_token !== token) return
  while (order && !isFinal(order.stage) && !context.closing.aborted) {
    const step = stepFor(order)
    if (!step) return
    const result = await step(context, order)
    if (result.kind === 'again') return tryAgainLater(context, order, result.reason)
    order = await write(context, order, result)
  }
}
