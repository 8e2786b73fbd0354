import { expireRequests } from '../approvals/decide-request.ts'
import { closeLedgerDays } from '../ledger/close-days.ts'
import { followReturn } from '../payments/follow-return.ts'
import { followRefund } from '../payments/refund-out.ts'
import { sweepRefunds, sweepReturns, takeUpReturns } from '../payments/sweep-refunds.ts'
import { followBatch } from '../renewal/follow-batch.ts'
import { formBatches } from '../renewal/form-batches.ts'
import { sweepBatches } from '../renewal/sweep-batches.ts'
import type { ServiceContext } from '../service-context.ts'
import { advanceOrder } from './advance-order.ts'
import { sendQueuedSms } from './queue-sms.ts'
import { sweepMessages, sweepOrders } from './sweep.ts'
import type { RunningQueue } from './work-queue.ts'

const followers = { refund: followRefund, return: followReturn, renewal: followBatch }

/**
 * Starts working on orders: first picks up what a process that died left behind, then takes steps from the queue, and looks again
 * and again for orders that nobody works on.
 */
export async function startOrderWorkers(
  context: ServiceContext,
  queue: RunningQueue,
): Promise<{ stop(): Promise<void> }> {
  await sweepOrders(context, 0)
  await sweepMessages(context, 0)
  // The queue tries again whatever failed and says nothing; what fails every time would only be seen by its standing still.
  const named = (work: string, id: string, doing: Promise<unknown>) =>
    doing.then(
      () => undefined,
      (error: Error) => {
        context.log.error({ work, id, error: error.name }, 'work failed')
        throw error
      },
    )
  await queue.run({
    step: (job) => named('step', job.orderId, advanceOrder(context, job.orderId, job.token)),
    sms: (job) => named('sms', job.messageId, sendQueuedSms(context, job.messageId)),
    followUp: ({ kind, id, token }) => named(kind, id, followers[kind](context, id, token)),
  })
  let sweeping = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweeping
      .then(async () => {
        const orders = await sweepOrders(context, context.timing.stuckAfterSeconds)
        await sweepMessages(context, 600)
        await sweepRefunds(context, context.timing.stuckAfterSeconds)
        await sweepReturns(context, context.timing.stuckAfterSeconds)
        await takeUpReturns(context)
        await formBatches(context)
        await sweepBatches(context, context.timing.stuckAfterSeconds)
        await expireRequests(context)
        await closeLedgerDays(context)
        if (orders > 0) context.log.warn({ orders }, 'orders without a step were picked up')
      })
      .catch((error: Error) => context.log.error({ error: error.name }, 'sweep failed'))
  }, context.timing.sweepSeconds * 1000)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
