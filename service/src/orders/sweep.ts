import { eachInTurn } from '../each-in-turn.ts'
import type { ServiceContext } from '../service-context.ts'
import { changeOrder } from './change-order.ts'
import { finalStages } from './stages.ts'

/** Most orders one sweep picks up; the next one takes the rest. */
const sweepSize = 500

/**
 * Gives a new step to open orders whose step is overdue by `overdueSeconds`: the process that had it died, or the clock was moved.
 * Returns how many; throws for one that cannot be picked up, after all others. The order's token makes sure that two sweepers, or a sweeper and a worker, do not both win.
 */
export async function sweepOrders(context: ServiceContext, overdueSeconds: number): Promise<number> {
  const overdue = await context.db
    .selectFrom('product_order')
    .selectAll()
    .where('stage', 'not in', finalStages)
    .where('next_step_at', '<=', context.clock.now() - overdueSeconds * 1000)
    .orderBy('next_step_at')
    .limit(sweepSize)
    .execute()
  let picked = 0
  await eachInTurn(overdue, async (order) => {
    const changed = await context.db
      .transaction()
      .execute((tx) => changeOrder(tx, context, order, { nextStepInSeconds: 0 }))
    if (changed) picked += 1
  })
  return picked
}

/** Queues messages again that were written down but not sent for `olderThanSeconds`; the gateway takes each key once. */
export async function sweepMessages(context: ServiceContext, olderThanSeconds: number): Promise<void> {
  const unsent = await context.db
    .selectFrom('sms_message')
    .select('message_id')
    .where('sent_at', 'is', null)
    .where('created_at', '<=', context.clock.now() - olderThanSeconds * 1000)
    .limit(sweepSize)
    .execute()
  await eachInTurn(unsent, (message) =>
    context.db.transaction().execute((tx) => context.work.scheduleSms(tx, { messageId: message.message_id })),
  )
}
