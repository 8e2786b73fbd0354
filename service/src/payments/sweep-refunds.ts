import type { ServiceContext } from '../service-context.ts'

/** Most refunds one sweep picks up; the next one takes the rest. */
const sweepSize = 500

/** Gives a new step to refunds whose step is overdue by `overdueSeconds`: the process that had it died, or the clock was moved. */
export async function sweepRefunds(context: ServiceContext, overdueSeconds: number): Promise<void> {
  const now = context.clock.now()
  const overdue = await context.db
    .selectFrom('refund_out')
    .select(['refund_id', 'step_token'])
    .where('next_step_at', '<=', now - overdueSeconds * 1000)
    .orderBy('next_step_at')
    .limit(sweepSize)
    .execute()
  for (const { refund_id: id, step_token } of overdue)
    await context.db.transaction().execute(async (tx) => {
      const token = step_token + 1
      const taken = await tx
        .updateTable('refund_out')
        .set({ step_token: token, next_step_at: now })
        .where('refund_id', '=', id)
        .where('step_token', '=', step_token)
        .where('next_step_at', 'is not', null)
        .returning('refund_id')
        .executeTakeFirst()
      if (taken) await context.work.scheduleFollowUp(tx, { kind: 'refund', id, token }, 0)
    })
}
