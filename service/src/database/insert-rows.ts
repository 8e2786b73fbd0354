import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Tx } from './handle.ts'
import type { Tables } from './tables.ts'

/** Rows as one JSON text; bytes as PostgreSQL's hexadecimal form. */
function jsonRows(rows: readonly object[]): string {
  const told = rows.map((row) =>
    Object.values(row).some((value) => value instanceof Uint8Array)
      ? Object.fromEntries(Object.entries(row).map(([name, value]) => [name, hexOf(value)]))
      : row,
  )
  return JSON.stringify(told)
}

function hexOf(value: unknown): unknown {
  return value instanceof Uint8Array
    ? `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
    : value
}

/**
 * Inserts any number of rows with one statement and one parameter: a VALUES list of a hundred rows costs more in this process than
 * in the database. Rows that exist already, by whatever constraint, are left alone; returns how many were new.
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
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${jsonRows(rows)}::text::json)
    on conflict do nothing`.execute(tx)
  return Number(inserted.numAffectedRows ?? 0)
}

/**
 * `column` is one of these values, any number of them with one parameter. As an array and not as a join: the planner takes the index
 * for a few values even where it has no idea how large the table has become.
 */
export function isOneOf(
  column: string,
  values: readonly string[],
  type: 'text' | 'uuid' = 'text',
): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} = any(array(
    select value::${sql.raw(type)} from json_array_elements_text(${JSON.stringify(values)}::text::json)))`
}
