import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { type CsvFile, columns } from './columns.ts'
import { rowSchemas } from './schemas.ts'

export type RowOf<File extends CsvFile> = z.infer<(typeof rowSchemas)[File]>

export interface Placed<T> {
  row: T
  /** `bills.csv:17`. */
  place: string
}

/** Enough to mend a file by; a wrong separator would otherwise fill the screen. */
export const mostProblems = 20

interface ParsedRecord {
  record: Record<string, string>
  info: { lines: number }
}

/** Reads one file; problems are appended with file, line and column, and good rows are returned all the same. */
export function readRows<File extends CsvFile>(folder: string, file: File, problems: string[]): Placed<RowOf<File>>[] {
  const name = `${file}.csv`
  const path = join(folder, name)
  if (!existsSync(path)) {
    problems.push(`${name}: file is missing in ${folder}`)
    return []
  }
  let records: ParsedRecord[]
  try {
    records = parse(readFileSync(path), {
      columns: true,
      bom: true,
      info: true,
      skip_empty_lines: true,
    }) as unknown as ParsedRecord[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    problems.push(`${name}:${error.lines ?? 1}: ${error.message}`)
    return []
  }
  const header = Object.keys(records[0]?.record ?? {})
  const absent = columns[file].filter((column) => !header.includes(column))
  if (records.length > 0 && absent.length > 0) {
    problems.push(`${name}:1: column ${absent.join(', ')} is missing`)
    return []
  }
  const rows: Placed<RowOf<File>>[] = []
  for (const { record, info } of records) {
    const parsed = rowSchemas[file].safeParse(record)
    if (parsed.success) rows.push({ row: parsed.data as RowOf<File>, place: `${name}:${info.lines}` })
    else
      for (const issue of parsed.error.issues)
        problems.push(`${name}:${info.lines}: column ${String(issue.path[0])}: ${issue.message}`)
    if (problems.length >= mostProblems) break
  }
  return rows
}
