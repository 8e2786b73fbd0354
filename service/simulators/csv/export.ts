import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line, SubscriberBase } from '../base/subscriber.ts'
import { writeFindings, writeList, writeNamed } from './cells.ts'
import { type CsvFile, columns } from './columns.ts'

type Row = Record<string, string | number | boolean | null>

/** Writes a base as people, lines, agreements, bills and buckets into a folder, which is created if missing. */
export function exportSubscribers(base: SubscriberBase, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const write = (file: CsvFile, rows: readonly Row[]): void => {
    const names = columns[file]
    const lines = rows.map((row) => names.map((name) => quote(row[name])).join(','))
    writeFileSync(join(folder, `${file}.csv`), `${[names.join(','), ...lines].join('\n')}\n`)
  }
  const owned = <T>(pick: (line: Line) => readonly T[], row: (item: T) => object): Row[] =>
    base.lines.flatMap((line) => pick(line).map((item) => ({ ...(row(item) as Row), msisdn: line.msisdn })))

  write(
    'people',
    base.people.map((person) => ({ ...person })),
  )
  write('lines', base.lines.map(lineRow))
  write(
    'agreements',
    owned(
      (line) => line.agreements,
      (a) => ({ ...a, terms: writeNamed(a.terms), devices: writeList(a.devices.map((d) => `${d.id}:${d.name}`)) }),
    ),
  )
  write(
    'bills',
    owned(
      (line) => line.bills,
      (bill) => bill,
    ),
  )
  write(
    'buckets',
    owned(
      (line) => line.buckets,
      (bucket) => bucket,
    ),
  )
}

function lineRow(line: Line): Row {
  const { agreements: _a, bills: _b, buckets: _c, invoiceNumbers: _d, ...rest } = line
  return {
    ...rest,
    oftenCalledNumbers: writeList(line.oftenCalledNumbers),
    bundleMembers: writeList(line.bundleMembers.map((member) => `${member.msisdn}:${member.relation}`)),
    actors: writeList(line.actors.map((actor) => `${actor.asker}:${actor.personId}/${actor.relation}`)),
    findings: writeFindings(line.findings),
    recentChanges: writeList(line.recentChanges.map((change) => `${change.kind}:${change.at}`)),
    // Empty: as the profile has it. `approve`: no returns at all.
    review: line.review === null ? '' : line.review.length === 0 ? 'approve' : writeFindings(line.review),
  }
}

function quote(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
