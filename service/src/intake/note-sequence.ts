import { insertRows } from '../database/insert-rows.ts'
import type { Tx } from '../service-context.ts'

/** Most missing numbers written down at once; a counter that jumps further is broken, and the first ones show it. */
const mostGapsNoted = 1000

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

/**
 * Keeps the account of a device's job numbers. A number beyond the next one leaves the ones between as gaps, visible until their
 * jobs arrive: lanes are independent, so a gap is normal for a moment, and lost work when it stays. Accepted jobs are counted: a counter
 * that holds more receipts than that speaks to a service restored from an older backup.
 */
export async function noteSequences(
  tx: Tx,
  deviceId: string,
  numbers: { accepted: readonly number[]; refused: readonly number[] },
  now: number,
): Promise<void> {
  const sequences = [...numbers.accepted, ...numbers.refused]
  if (sequences.length === 0) return
  const device = await tx
    .selectFrom('device')
    .select(['highest_sequence', 'accepted_jobs'])
    .where('device_id', '=', deviceId)
    // Not FOR UPDATE: rows that refer to the device hold a key-share lock on it, and two of those would wait for each other.
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const highest = device.highest_sequence
  const ascending = sequences.toSorted((a, b) => a - b)
  const above = ascending.filter((sequence) => sequence > highest)
  const below = ascending.filter((sequence) => sequence <= highest)
  if (below.length > 0)
    await tx
      .updateTable('job_gap')
      .set({ filled_at: now })
      .where('device_id', '=', deviceId)
      .where('sequence', 'in', below)
      .where('filled_at', 'is', null)
      .execute()
  await tx
    .updateTable('device')
    .set({
      highest_sequence: above.at(-1) ?? highest,
      accepted_jobs: device.accepted_jobs + numbers.accepted.length,
    })
    .where('device_id', '=', deviceId)
    .execute()
  await insertRows(
    tx,
    'job_gap',
    missingAbove(highest, above).map((sequence) => ({ device_id: deviceId, sequence, noticed_at: now })),
  )
}
