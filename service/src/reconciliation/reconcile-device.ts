import { sql } from 'kysely'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { Reconciliation, ReconciliationAnswer } from '../../../src/shared/protocol/reconciliation.ts'
import { mostForgottenAtOnce } from '../../../src/shared/protocol/reconciliation.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { ServiceContext } from '../service-context.ts'
import { restoreSealed } from './seals.ts'

/** How many jobs of a device this service has accepted. */
export async function acceptedJobs(context: Pick<ServiceContext, 'db'>, deviceId: string): Promise<number> {
  const row = await context.db
    .selectFrom('device')
    .select('accepted_jobs')
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return row?.accepted_jobs ?? 0
}

/**
 * Compares what a counter holds receipts for with what this service has: answers the numbers it does not know, lowest first, at most
 * a thousand at once. What the counter brings back of the service's own sealed proofs, pre-checks and approvals is put back.
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
  const restored = await context.db.transaction().execute(async (tx) => {
    const count = await restoreSealed(tx, device.deviceId, known.seals)
    if (count > 0 || forgotten.length > 0)
      await appendAudit(tx, {
        storeId: device.storeId,
        at: context.clock.now(),
        actor: device.deviceId,
        deviceId: device.deviceId,
        action: 'device.reconciled',
        subject: device.deviceId,
        details: { forgotten: forgotten.length, restored: count },
      })
    return count
  })
  return { forgotten, restored }
}
