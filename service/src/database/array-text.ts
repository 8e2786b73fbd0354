/** What a column of rows holds. */
export type Cell = string | number | null | undefined

function quoted(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  return typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * A list as PostgreSQL reads it as an array. Quotes and backslashes are escaped there as in JSON, which the engine writes many times
 * faster than anything written here could; other escapes of JSON mean something else there, so whoever needs them goes the slow way.
 */
export function arrayText(cells: readonly Cell[]): string {
  const json = JSON.stringify(cells)
  return /\\[bfnrtu]/.test(json) ? `{${cells.map(quoted).join(',')}}` : `{${json.slice(1, -1)}}`
}

const byteaType = 17

/** A list of bytes as PostgreSQL's `bytea[]` in binary (`array_recv`): as text they would be twice as long and written three times. */
export function arrayOfBytes(cells: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(cells.length === 0 ? 12 : 20)
  // One dimension, no nulls, what it holds; then its length and its lowest index.
  head.writeInt32BE(cells.length === 0 ? 0 : 1, 0)
  head.writeInt32BE(byteaType, 8)
  if (cells.length > 0) {
    head.writeInt32BE(cells.length, 12)
    head.writeInt32BE(1, 16)
  }
  const parts = cells.flatMap((cell) => {
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(cell.byteLength)
    return [length, cell]
  })
  return Buffer.concat([head, ...parts])
}

/** One array per column, in the order of the names. */
export function columnArrays<Row extends object>(rows: readonly Row[], names: readonly (keyof Row)[]): string[] {
  return names.map((name) => arrayText(rows.map((row) => row[name] as Cell)))
}
