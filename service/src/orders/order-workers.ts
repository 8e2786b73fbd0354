import { expireRequests } from '../approvals/decide-request.ts'
import { eachInTurn } from '../each-in-turn.ts'
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
  const failed = (error: Error) =>
    context.log.error({ error: error.name, code: (error as { code?: string }).code }, 'sweep failed')
  // One order that cannot be picked up keeps no service from starting.
  await eachInTurn([sweepOrders, sweepMessages], (sweep) => sweep(context, 0)).catch(failed)
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
  const { stuckAfterSeconds } = context.timing
  const sweeps: (() => Promise<unknown>)[] = [
    async () => {
      const orders = await sweepOrders(context, stuckAfterSeconds)
      if (orders > 0) context.log.warn({ orders }, 'orders without a step were picked up')
    },
    () => sweepMessages(context, 600),
    () => sweepRefunds(context, stuckAfterSeconds),
    () => sweepReturns(context, stuckAfterSeconds),
    () => takeUpReturns(context),
    () => formBatches(context),
    () => sweepBatches(context, stuckAfterSeconds),
    () => expireRequests(context),
    () => closeLedgerDays(context),
  ]
  let sweeping = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweeping.then(() =>
      // Where one sweep waited for the database, others have gathered behind it.
      context.closing.aborted ? undefined : eachInTurn(sweeps, (sweep) => sweep()).catch(failed),
    )
  }, context.timing.sweepSeconds * 1000)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
