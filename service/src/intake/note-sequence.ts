import { sql } from 'kysely'
import { insertRows } from '../database/insert-rows.ts'
import type { DeviceTable } from '../database/tables.ts'
import type { Database, Tx } from '../service-context.ts'

/** Most missing numbers written down at once; a counter that jumps further is broken, and the first ones show it. */
const mostGapsNoted = 1000

/** What the account of a device's numbers and its right to deliver rest on. */
export type KnownDevice = Pick<
  DeviceTable,
  'device_id' | 'store_id' | 'thumbprint' | 'revoked_at' | 'highest_sequence' | 'accepted_jobs'
>

/** Job numbers of one device that were taken in or refused just now. */
export interface NewNumbers {
  device: KnownDevice
  accepted: readonly number[]
  refused: readonly number[]
}

const knownColumns = ['device_id', 'store_id', 'thumbprint', 'revoked_at', 'highest_sequence', 'accepted_jobs'] as const

/** A device as it stands at this moment, not held. */
export function knownDevice(db: Database, deviceId: string): Promise<KnownDevice | undefined> {
  return db.selectFrom('device').select(knownColumns).where('device_id', '=', deviceId).executeTakeFirst()
}

/**
 * Holds the rows of devices until the transaction ends, in the order of their ids, so that two transactions with the same devices
 * wait for each other instead of both for ever. Whatever else intake locks comes after this: jobs of one device are taken in one
 * after the other, and what its earlier transaction wrote is there to be read.
 */
export async function holdDevices(tx: Tx, deviceIds: readonly string[]): Promise<Map<string, KnownDevice>> {
  const rows = await tx
    .selectFrom('device')
    .select(knownColumns)
    .where(
      sql<boolean>`device_id in (select value from json_array_elements_text(${JSON.stringify(deviceIds)}::text::json))`,
    )
    .orderBy('device_id')
    // Not FOR UPDATE: rows that refer to the device hold a key-share lock on it, and two of those would wait for each other.
    .forNoKeyUpdate()
    .execute()
  return new Map(rows.map((row) => [row.device_id, row]))
}

/** Numbers between what was the highest and what arrived, the first thousand of them. */
function missingAbove(highest: number, ascending: readonly number[]): number[] {
  const missing: number[] = []
  let last = highest
  for (const sequence of ascending) {
    for (let number = last + 1; number < sequence && missing.length < mostGapsNoted; number += 1) missing.push(number)
    last = sequence
  }
  return missing
}

async function fillGaps(tx: Tx, deviceId: string, sequences: readonly number[], now: number): Promise<void> {
  if (sequences.length === 0) return
  await tx
    .updateTable('job_gap')
    .set({ filled_at: now })
    .where('device_id', '=', deviceId)
    .where('sequence', 'in', sequences)
    .where('filled_at', 'is', null)
    .execute()
}

/**
 * Keeps the account of devices' job numbers. A number beyond the next one leaves the ones between as gaps, visible until their
 * jobs arrive: lanes are independent, so a gap is normal for a moment, and lost work when it stays. Accepted jobs are counted: a counter
 * that holds more receipts than that speaks to a service restored from an older backup. The devices must be held.
 */
export async function noteSequences(tx: Tx, notes: readonly NewNumbers[], now: number): Promise<void> {
  const gaps: { device_id: string; sequence: number; noticed_at: number }[] = []
  const accounts: { id: string; highest: number; accepted: number }[] = []
  for (const { device, accepted, refused } of notes) {
    const ascending = [...accepted, ...refused].sort((a, b) => a - b)
    if (ascending.length === 0) continue
    const highest = device.highest_sequence
    const above = ascending.filter((sequence) => sequence > highest)
    await fillGaps(
      tx,
      device.device_id,
      ascending.filter((sequence) => sequence <= highest),
      now,
    )
    accounts.push({
      id: device.device_id,
      highest: above.at(-1) ?? highest,
      accepted: device.accepted_jobs + accepted.length,
    })
    for (const sequence of missingAbove(highest, above))
      gaps.push({ device_id: device.device_id, sequence, noticed_at: now })
  }
  if (accounts.length === 0) return
  await sql`update device set highest_sequence = account.highest, accepted_jobs = account.accepted
    from json_to_recordset(${JSON.stringify(accounts)}::text::json) as account(id text, highest bigint, accepted bigint)
    where device.device_id = account.id`.execute(tx)
  await insertRows(tx, 'job_gap', gaps)
}
