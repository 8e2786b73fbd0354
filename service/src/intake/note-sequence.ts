import type { Database, Tx } from '../database/handle.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { DeviceTable } from '../database/tables.ts'

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

/** How far a device's numbers go, and how many of its jobs were accepted. */
export interface Account {
  id: string
  highest: number
  accepted: number
}

/** What new numbers make of the accounts of their devices: how they stand, numbers that are missing and those missed no longer. */
export function reckonNumbers(notes: readonly NewNumbers[]): {
  accounts: Account[]
  missing: { device_id: string; sequence: number }[]
  arrived: { deviceId: string; sequences: number[] }[]
} {
  const accounts: Account[] = []
  const missing: { device_id: string; sequence: number }[] = []
  const arrived: { deviceId: string; sequences: number[] }[] = []
  for (const { device, accepted, refused } of notes) {
    const ascending = [...accepted, ...refused].sort((a, b) => a - b)
    if (ascending.length === 0) continue
    const { device_id, highest_sequence: highest } = device
    const above = ascending.filter((sequence) => sequence > highest)
    const below = ascending.filter((sequence) => sequence <= highest)
    if (below.length > 0) arrived.push({ deviceId: device_id, sequences: below })
    accounts.push({
      id: device_id,
      highest: above.at(-1) ?? highest,
      accepted: device.accepted_jobs + accepted.length,
    })
    for (const sequence of missingAbove(highest, above)) missing.push({ device_id, sequence })
  }
  return { accounts, missing, arrived }
}

/** Writes down gaps that opened and closed. The devices must be held. */
export async function noteGaps(
  tx: Tx,
  { missing, arrived }: Pick<ReturnType<typeof reckonNumbers>, 'missing' | 'arrived'>,
  now: number,
): Promise<void> {
  for (const { deviceId, sequences } of arrived)
    await tx
      .updateTable('job_gap')
      .set({ filled_at: now })
      .where('device_id', '=', deviceId)
      .where('sequence', 'in', sequences)
      .where('filled_at', 'is', null)
      .execute()
  await insertRows(
    tx,
    'job_gap',
    missing.map((gap) => ({ ...gap, noticed_at: now })),
  )
}

/**
 * Keeps the account of a device's job numbers. A number beyond the next one leaves the ones between as gaps, visible until their
 * jobs arrive: lanes are independent, so a gap is normal for a moment, and lost work when it stays. Accepted jobs are counted: a counter
 * that holds more receipts than that speaks to a service restored from an older backup. The device must be held.
 */
export async function noteSequences(tx: Tx, note: NewNumbers, now: number): Promise<void> {
  const reckoned = reckonNumbers([note])
  for (const { id, highest, accepted } of reckoned.accounts)
    await tx
      .updateTable('device')
      .set({ highest_sequence: highest, accepted_jobs: accepted })
      .where('device_id', '=', id)
      .execute()
  await noteGaps(tx, reckoned, now)
}

/** Holds a device's row until the transaction ends, before anything else of its jobs: they are taken in one after the other. */
export function holdDevice(tx: Tx, deviceId: string): Promise<KnownDevice | undefined> {
  return (
    tx
      .selectFrom('device')
      .select(knownColumns)
      .where('device_id', '=', deviceId)
      // Not FOR UPDATE: rows that refer to the device hold a key-share lock on it, and two of those would wait for each other.
      .forNoKeyUpdate()
      .executeTakeFirst()
  )
}
