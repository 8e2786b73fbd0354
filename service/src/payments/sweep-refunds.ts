import { eachInTurn } from '../each-in-turn.ts'
import type { ServiceContext } from '../service-context.ts'

/** Most refunds one sweep picks up; the next one takes the rest. */
const sweepSize = 500

type Money = { table: 'refund_out' | 'refund'; kind: 'refund' | 'return' }

async function sweep(context: ServiceContext, { table, kind }: Money, overdueSeconds: number): Promise<void> {
  const now = context.clock.now()
  // Both tables have the same columns for their steps.
  const overdue = await context.db
    .selectFrom(table as 'refund')
    .select(['refund_id', 'step_token'])
    .where('next_step_at', '<=', now - overdueSeconds * 1000)
    .orderBy('next_step_at')
    .limit(sweepSize)
    .execute()
  await eachInTurn(overdue, ({ refund_id: id, step_token }) =>
    context.db.transaction().execute(async (tx) => {
      const token = step_token + 1
      const taken = await tx
        .updateTable(table as 'refund')
        .set({ step_token: token, next_step_at: now })
        .where('refund_id', '=', id)
        .where('step_token', '=', step_token)
        .where('next_step_at', 'is not', null)
        .returning('refund_id')
        .executeTakeFirst()
      if (taken) await context.work.scheduleFollowUp(tx, { kind, id, token }, 0)
    }),
  )
}

/** Gives a new step to refunds whose step is overdue by `overdueSeconds`: the process that had it died, or the clock was moved. */
export function sweepRefunds(context: ServiceContext, overdueSeconds: number): Promise<void> {
  return sweep(context, { table: 'refund_out', kind: 'refund' }, overdueSeconds)
}

/** The same for money returned on terminals. */
export function sweepReturns(context: ServiceContext, overdueSeconds: number): Promise<void> {
  return sweep(context, { table: 'refund', kind: 'return' }, overdueSeconds)
}

/** Most older returns one sweep begins with: years of them are no reason to keep the provider from today's. */
const takenUpAtOnce = 50

/**
 * Begins to ask about money returned on terminals that nobody has asked about: it was recorded before returns were verified, or by an
 * older build that still serves beside this one. The oldest first.
 */
export async function takeUpReturns(context: ServiceContext): Promise<void> {
  const unasked = await context.db
    .selectFrom('refund')
    .select('refund_id')
    .where('claim_state', 'is', null)
    .where('next_step_at', 'is', null)
    .where('method', '<>', 'cash')
    .orderBy('paid_at')
    .limit(takenUpAtOnce)
    .execute()
  for (const { refund_id: id } of unasked)
    await context.db.transaction().execute(async (tx) => {
      const taken = await tx
        .updateTable('refund')
        .set((eb) => ({ step_token: eb('step_token', '+', 1), next_step_at: context.clock.now() }))
        .where('refund_id', '=', id)
        .where('claim_state', 'is', null)
        .where('next_step_at', 'is', null)
        .returning('step_token')
        .executeTakeFirst()
      if (taken) await context.work.scheduleFollowUp(tx, { kind: 'return', id, token: Number(taken.step_token) }, 0)
    })
}
