import { sql } from 'kysely'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database } from '../database/handle.ts'
import type { OutsideCallTable } from '../database/tables.ts'

/** What a call is filed under. */
export interface FiledCall {
  target: string
  operation: string
  key?: string | undefined
  about?: string | undefined
  orderId?: string | undefined
}

type End = Pick<OutsideCallTable, 'started_at' | 'duration_ms' | 'outcome' | 'detail'>

/** One row for all calls about the same that ended alike: their id follows from that. */
function rowId(call: FiledCall, about: string, { outcome, detail }: End): string {
  const digits = sha256Hex(JSON.stringify([call.target, call.operation, about, outcome, detail]))
  return digits.slice(0, 32)
}

/**
 * Writes one call into the call log, without personal data. A review is asked after every twenty seconds for days, and a system that is away is tried
 * again and again: calls under the same key, and questions about the same thing, that end alike are one row with the first time, the last
 * and their number, so that the log grows with what happens and not with how long it takes. Calls without either are filed one by one.
 */
export async function fileCall(ports: { db: Database; newId(): string }, call: FiledCall, end: End): Promise<void> {
  const about = call.key ?? call.about
  await ports.db
    .insertInto('outside_call')
    .values({
      call_id: about === undefined ? ports.newId() : rowId(call, about, end),
      order_id: call.orderId ?? null,
      target: call.target,
      operation: call.operation,
      idempotency_key: about ?? '',
      ...end,
      first_at: null,
    })
    .onConflict((conflict) =>
      conflict.column('call_id').doUpdateSet((eb) => ({
        times: eb('outside_call.times', '+', 1),
        first_at: sql<number>`coalesce(${eb.ref('outside_call.first_at')}, ${eb.ref('outside_call.started_at')})`,
        started_at: eb.ref('excluded.started_at'),
        duration_ms: eb.ref('excluded.duration_ms'),
      })),
    )
    .execute()
}

/**
 * Calls made after `since` (UTC milliseconds), by outside system: how many, how many of them failed, and their median duration. Of calls that are one
 * row those after `since` are reckoned: they come at even distances.
 */
export async function callsSince(
  db: Database,
  since: number,
): Promise<{ target: string; calls: number; failed: number; medianMs: number }[]> {
  const { rows } = await sql<{ target: string; calls: number; failed: number; median: number }>`
    select target, sum(calls)::int as calls,
      coalesce(sum(calls) filter (where outcome in ('unavailable', 'unexpected')), 0)::int as failed,
      percentile_cont(0.5) within group (order by duration_ms)::float8 as median
    from (select target, outcome, duration_ms, case when first_at is null or first_at > ${since} then times
        else ceil(times * (started_at - ${since})::float8 / (started_at - first_at)) end as calls
      from outside_call where started_at > ${since}) as recent
    group by target order by target`.execute(db)
  return rows.map(({ target, calls, failed, median }) => ({ target, calls, failed, medianMs: median }))
}
