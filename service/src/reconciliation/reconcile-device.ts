import { sql } from 'kysely'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { Reconciliation, ReconciliationAnswer } from '../../../src/shared/protocol/reconciliation.ts'
import { mostForgottenAtOnce } from '../../../src/shared/protocol/reconciliation.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'
import { restoreSealed } from './seals.ts'
import { takenJobs } from './taken-jobs.ts'

/** How many jobs of a device this service has accepted, and how far their numbers go. */
export async function accountOf(
  context: Pick<ServiceContext, 'db'>,
  deviceId: string,
): Promise<{ acceptedJobs: number; lastSequence: number }> {
  const row = await context.db
    .selectFrom('device')
    .select(['accepted_jobs', 'highest_sequence'])
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return { acceptedJobs: Number(row?.accepted_jobs ?? 0), lastSequence: Number(row?.highest_sequence ?? 0) }
}

/** Numbers that will never arrive leave no gap. Returns how many did until now. */
async function closeGaps(tx: Tx, deviceId: string, closed: readonly number[], now: number): Promise<number> {
  if (closed.length === 0) return 0
  const filled = await tx
    .updateTable('job_gap')
    .set({ filled_at: now })
    .where('device_id', '=', deviceId)
    .where('sequence', 'in', closed)
    .where('filled_at', 'is', null)
    .executeTakeFirst()
  return Number(filled.numUpdatedRows)
}

/**
 * Compares what a counter holds receipts for with what this service has: answers the numbers it does not know, lowest first, at most
 * a thousand at once. What the counter brings back of the service's own sealed proofs, pre-checks and approvals is put back. A counter
 * whose own disk was set back is told what this service has of its jobs; numbers it has closed are missed no longer.
 */
export async function reconcileDevice(
  context: ServiceContext,
  device: Device,
  known: Reconciliation,
): Promise<ReconciliationAnswer> {
  const ranges = JSON.stringify(known.receipts.map(([first, last]) => ({ first, last })))
  const { rows } = await sql<{ number: number | string }>`
    select number from json_to_recordset(${ranges}::text::json) as held(first bigint, last bigint),
      generate_series(held.first, held.last) as number
    where not exists (select 1 from job where job.device_id = ${device.deviceId} and job.sequence = number)
    order by number limit ${mostForgottenAtOnce}`.execute(context.db)
  const forgotten = rows.map((row) => Number(row.number))
  const { closed = [], from } = known
  const restored = await context.db.transaction().execute(async (tx) => {
    const count = await restoreSealed(tx, device.deviceId, known.seals)
    const gaps = await closeGaps(tx, device.deviceId, closed, context.clock.now())
    if (count > 0 || forgotten.length > 0 || gaps > 0 || from !== undefined)
      await appendAudit(tx, {
        storeId: device.storeId,
        at: context.clock.now(),
        actor: device.deviceId,
        deviceId: device.deviceId,
        action: 'device.reconciled',
        subject: device.deviceId,
        details: { forgotten: forgotten.length, restored: count, closed: gaps, ...(from ? { setBackTo: from } : {}) },
      })
    return count
  })
  if (from === undefined) return { forgotten, restored }
  // Read before the jobs: a job that arrives meanwhile may be told, but is not counted on from.
  const { lastSequence } = await accountOf(context, device.deviceId)
  return { forgotten, restored, lastSequence, taken: await takenJobs(context, device.deviceId, from) }
}
