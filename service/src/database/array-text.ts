/** What a column of rows holds. Bytes travel in PostgreSQL's hexadecimal form. */
export type Cell = string | number | null | undefined | Uint8Array

function hexOf(value: Uint8Array): string {
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}

function quoted(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  return typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * A list as PostgreSQL reads it as an array. Quotes and backslashes are escaped there as in JSON, which the engine writes many times
 * faster than anything written here could; other escapes of JSON mean something else there, so whoever needs them goes the slow way.
 */
export function arrayText(cells: readonly Cell[]): string {
  const values = cells.map((cell) => (cell instanceof Uint8Array ? hexOf(cell) : cell))
  const json = JSON.stringify(values)
  return /\\[bfnrtu]/.test(json) ? `{${values.map(quoted).join(',')}}` : `{${json.slice(1, -1)}}`
}

/** One array per column, in the order of the names. */
export function columnArrays<Row extends object>(rows: readonly Row[], names: readonly (keyof Row)[]): string[] {
  return names.map((name) => arrayText(rows.map((row) => row[name] as Cell)))
}
