import { sql } from 'kysely'
import type { OpenDatabase } from '../../service/src/database/open-database.ts'

/** What a refusal may leave behind: that the proof was used, that somebody failed, that a job was refused, that somebody outside was asked. */
const traces = new Set([
  ...['dpop_proof', 'lockout', 'job_refusal', 'job_gap', 'device', 'outside_call', 'staff_session', 'one_time_code'],
  // A refusal may be an alarm, which the supervisors hear of; reading the audit is an entry of it.
  ...['trouble_ticket', 'change_feed', 'change_cursor', 'audit_chain', 'audit_entry', 'kysely_migration'],
])

/** A sum over every row of every table of the service, by table, but for the traces of a refusal. */
export async function everythingKept(look: OpenDatabase): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(look.db)
  const sums = rows
    .filter(({ name }) => !traces.has(name))
    .map(
      ({ name }) =>
        `select '${name}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${name} t`,
    )
  const kept = await sql<{ name: string; sum: string }>`${sql.raw(sums.join(' union all '))}`.execute(look.db)
  return Object.fromEntries(kept.rows.map(({ name, sum }) => [name, sum]))
}
