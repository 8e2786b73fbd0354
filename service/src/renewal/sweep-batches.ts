import { eachInTurn } from '../each-in-turn.ts'
import type { ServiceContext } from '../service-context.ts'

/** Most batches one sweep picks up; the next one takes the rest. */
const sweepSize = 500

/** Gives a new step to batches whose step is overdue by `overdueSeconds`: the process that had it died, or the clock was moved. */
export async function sweepBatches(context: ServiceContext, overdueSeconds: number): Promise<void> {
  const now = context.clock.now()
  const overdue = await context.db
    .selectFrom('renewal_batch')
    .select(['batch_id', 'step_token'])
    .where('next_step_at', '<=', now - overdueSeconds * 1000)
    .orderBy('next_step_at')
    .limit(sweepSize)
    .execute()
  await eachInTurn(overdue, ({ batch_id: id, step_token }) =>
    context.db.transaction().execute(async (tx) => {
      const token = step_token + 1
      const taken = await tx
        .updateTable('renewal_batch')
        .set({ step_token: token, next_step_at: now })
        .where('batch_id', '=', id)
        .where('step_token', '=', step_token)
        .where('next_step_at', 'is not', null)
        .returning('batch_id')
        .executeTakeFirst()
      if (taken) await context.work.scheduleFollowUp(tx, { kind: 'renewal', id, token }, 0)
    }),
  )
}
