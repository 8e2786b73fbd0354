import { sql } from 'kysely'
import type { Tx } from '../service-context.ts'
import type { Tables } from './tables.ts'

/**
 * Inserts any number of rows with one statement and one parameter: a VALUES list of a hundred rows costs more in this process than
 * in the database. Rows that exist already, by whatever constraint, are left alone; returns how many were new. Not for binary columns.
 */
export async function insertRows<T extends keyof Tables & string>(
  tx: Tx,
  table: T,
  rows: readonly Partial<Tables[T]>[],
): Promise<number> {
  const [first] = rows
  if (!first) return 0
  const columns = sql.join(Object.keys(first).map((name) => sql.ref(name)))
  const inserted = await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::text::json)
    on conflict do nothing`.execute(tx)
  return Number(inserted.numAffectedRows ?? 0)
}
