import { existsSync } from 'node:fs'
import { blockerEntry } from '../../../src/shared/domain/blocker-catalogue.ts'
import { indexSubscribers, isOwnCode, type Line, type SubscriberBase } from '../base/subscriber.ts'
import { mostProblems, type Placed, readRows } from './read-rows.ts'

export type Imported = { ok: true; base: SubscriberBase } | { ok: false; problems: string[] }

/**
 * Loads a base from a folder of CSV files. All or nothing: any problem (file, line, column, what is wrong) means that
 * nothing is loaded. Checks that people, numbers and ids are unique and that every reference leads somewhere.
 */
export function importSubscribers(folder: string): Imported {
  if (!existsSync(folder)) return { ok: false, problems: [`${folder}: folder is missing`] }
  const problems: string[] = []
  const people = readRows(folder, 'people', problems)
  const lineRows = readRows(folder, 'lines', problems)
  const agreements = readRows(folder, 'agreements', problems)
  const bills = readRows(folder, 'bills', problems)
  const buckets = readRows(folder, 'buckets', problems)
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostProblems) }

  unique(people, 'id', problems)
  unique(people, 'identificationId', problems)
  unique(lineRows, 'msisdn', problems)
  for (const rows of [agreements, bills, buckets]) unique(rows as Placed<{ id: string }>[], 'id', problems)

  const known = new Set(people.map(({ row }) => row.id))
  const lines = new Map<string, Line>()
  for (const { row, place } of lineRows) {
    if (!known.has(row.personId)) problems.push(`${place}: column personId: no person ${row.personId} in people.csv`)
    for (const column of ['findings', 'review'] as const)
      for (const { code } of row[column] ?? [])
        if (!blockerEntry(code) && !isOwnCode(code))
          problems.push(`${place}: column ${column}: ${code} is no code of the catalogue`)
    for (const { personId } of row.actors)
      if (!known.has(personId)) problems.push(`${place}: column actors: no person ${personId} in people.csv`)
    lines.set(row.msisdn, { ...row, agreements: [], bills: [], buckets: [] })
  }
  attach(lines, agreements, (line) => line.agreements, problems)
  attach(lines, bills, (line) => line.bills, problems)
  attach(lines, buckets, (line) => line.buckets, problems)
  for (const { row, place } of bills)
    if (row.unpaidFen > row.amountFen) problems.push(`${place}: column unpaidFen: more than amountFen`)
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, mostProblems) }
  return {
    ok: true,
    base: indexSubscribers(
      people.map(({ row }) => row),
      [...lines.values()],
    ),
  }
}

function unique<T, K extends keyof T & string>(rows: readonly Placed<T>[], column: K, problems: string[]): void {
  const places = new Map<unknown, string>()
  for (const { row, place } of rows) {
    const earlier = places.get(row[column])
    if (earlier) problems.push(`${place}: column ${column}: ${String(row[column])} already stands at ${earlier}`)
    places.set(row[column], place)
  }
}

function attach<T extends { msisdn: string }>(
  lines: Map<string, Line>,
  rows: readonly Placed<T>[],
  list: (line: Line) => Omit<T, 'msisdn'>[],
  problems: string[],
): void {
  for (const { row, place } of rows) {
    const { msisdn, ...rest } = row
    const line = lines.get(msisdn)
    if (line) list(line).push(rest)
    else problems.push(`${place}: column msisdn: no line ${msisdn} in lines.csv`)
  }
}
