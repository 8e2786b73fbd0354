import { sql } from 'kysely'
import type { Tx } from '../service-context.ts'

/** Most missing numbers written down at once; a counter that jumps further is broken, and the first ones show it. */
const mostGapsNoted = 1000

/**
 * Keeps the account of a device's job numbers. A number beyond the next one leaves the ones between as gaps, visible until their
 * jobs arrive: lanes are independent, so a gap is normal for a moment, and lost work when it stays.
 */
export async function noteSequence(tx: Tx, deviceId: string, sequence: number, now: number): Promise<void> {
  const device = await tx
    .selectFrom('device')
    .select('highest_sequence')
    .where('device_id', '=', deviceId)
    // Not FOR UPDATE: rows that refer to the device hold a key-share lock on it, and two of those would wait for each other.
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const highest = device.highest_sequence
  if (sequence <= highest) {
    await tx
      .updateTable('job_gap')
      .set({ filled_at: now })
      .where('device_id', '=', deviceId)
      .where('sequence', '=', sequence)
      .where('filled_at', 'is', null)
      .execute()
    return
  }
  await tx.updateTable('device').set({ highest_sequence: sequence }).where('device_id', '=', deviceId).execute()
  if (sequence > highest + 1)
    await sql`insert into job_gap (device_id, sequence, noticed_at)
      select ${deviceId}, missing, ${now}::bigint
      from generate_series(${highest + 1}::bigint, ${Math.min(sequence - 1, highest + mostGapsNoted)}::bigint) as missing
      on conflict do nothing`.execute(tx)
}
