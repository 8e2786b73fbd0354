import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'
import { type Receipt, receiptSchema } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import { isOneOf } from '../database/insert-rows.ts'
import type { JobRefusalTable, JobTable } from '../database/tables.ts'

/** Answers what became of a job before: the same receipt for the same body, `job.bodyDiffers` for another; undefined when it is new. */
export type EarlierReceipts = (id: string, bodySha256: string) => Result<Receipt> | undefined

/** Looks up which of these jobs came before. */
export async function earlierReceipts(tx: Tx, ids: readonly string[]): Promise<EarlierReceipts> {
  const rows = await tx
    .selectFrom('job')
    .select(['id', 'body_sha256', 'receipt'])
    .where(isOneOf('id', ids, 'uuid'))
    .execute()
  return receiptsOf(rows)
}

/** The same from what was looked up already. */
export function receiptsOf(rows: readonly Pick<JobTable, 'id' | 'body_sha256' | 'receipt'>[]): EarlierReceipts {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return (id, bodySha256) => {
    const row = byId.get(id.toLowerCase())
    if (!row) return undefined
    return row.body_sha256 === bodySha256 ? ok(receiptSchema.parse(JSON.parse(row.receipt))) : fail('job.bodyDiffers')
  }
}

/** The row of a job that is being accepted. */
export function jobRow(device: Device, envelope: JobEnvelope, receipt: Receipt): JobTable {
  return {
    id: envelope.id,
    device_id: device.deviceId,
    sequence: envelope.sequence,
    lane: envelope.lane,
    kind: envelope.kind,
    staff_id: envelope.staffId,
    body_sha256: receipt.bodySha256,
    receipt: JSON.stringify(receipt),
    received_at: receipt.receivedAt,
  }
}

export interface NotedRefusal {
  device: Device
  envelope: JobEnvelope
  bodySha256: string
  code: string
}

/** Notes that jobs were refused; a job that is refused again replaces its note. */
export async function noteRefusals(tx: Tx, refusals: readonly NotedRefusal[], now: number): Promise<void> {
  if (refusals.length === 0) return
  const rows = refusals.map(
    ({ device, envelope, bodySha256, code }): JobRefusalTable => ({
      id: envelope.id,
      device_id: device.deviceId,
      sequence: envelope.sequence,
      kind: envelope.kind,
      code,
      body_sha256: bodySha256,
      refused_at: now,
    }),
  )
  await tx
    .insertInto('job_refusal')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        code: eb.ref('excluded.code'),
        body_sha256: eb.ref('excluded.body_sha256'),
        refused_at: eb.ref('excluded.refused_at'),
      })),
    )
    .execute()
}
