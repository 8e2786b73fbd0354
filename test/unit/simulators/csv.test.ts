import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { indexSubscribers } from '../../../service/simulators/base/subscriber.ts'
import { exportSubscribers } from '../../../service/simulators/csv/export.ts'
import { importSubscribers } from '../../../service/simulators/csv/import.ts'
import { base } from './try-out-base.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'subscribers-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Every scenario and every hundredth line: all forms of cells in a small folder. */
const lines = base.lines.filter((line, index) => line.scenario !== '' || index % 100 === 0)
const owners = new Set(lines.flatMap((line) => [line.personId, ...line.actors.map((actor) => actor.personId)]))
const excerpt = indexSubscribers(
  base.people.filter((person) => owners.has(person.id)),
  lines,
)

function spoil(file: string, lineNumber: number, change: (line: string) => string): void {
  const rows = readFileSync(join(folder, file), 'utf8').split('\n')
  rows[lineNumber - 1] = change(rows[lineNumber - 1]!)
  writeFileSync(join(folder, file), rows.join('\n'))
}

function problems(): string[] {
  const imported = importSubscribers(folder)
  if (imported.ok) throw new Error('the folder was accepted')
  return imported.problems
}

describe('subscribers as CSV', () => {
  it('come back exactly as they were written', () => {
    exportSubscribers(excerpt, folder)
    const imported = importSubscribers(folder)
    if (!imported.ok) throw new Error(imported.problems.join('\n'))
    expect(imported.base.people).toEqual(excerpt.people)
    expect(imported.base.lines).toEqual(excerpt.lines)
  })

  it('accept quotes, commas, a byte-order mark and Windows line ends', () => {
    const [line] = excerpt.lines
    const holder = { ...excerpt.person(line!.personId)!, name: 'O"Neil, Ann' }
    exportSubscribers(indexSubscribers([holder], [line!]), folder)
    for (const file of ['people.csv', 'lines.csv']) {
      const path = join(folder, file)
      writeFileSync(path, `\uFEFF${readFileSync(path, 'utf8').replaceAll('\n', '\r\n')}`)
    }
    const imported = importSubscribers(folder)
    expect(imported.ok && imported.base.people[0]!.name).toBe('O"Neil, Ann')
  })

  it.each([
    [
      'people.csv',
      2,
      (row: string) => row.replace(/RESIDENT_ID|FOREIGN_PR/, 'PASSPORTS'),
      /^people\.csv:2: column identificationType: /,
    ],
    [
      'lines.csv',
      3,
      (row: string) => row.replace(/^1/, '2'),
      /^lines\.csv:3: column msisdn: must be an eleven-digit number/,
    ],
    [
      'lines.csv',
      4,
      (row: string) => row.replace(/,P\d+,/, ',P999999,'),
      /^lines\.csv:4: column personId: no person P999999/,
    ],
    [
      'bills.csv',
      2,
      (row: string) => row.replace(/,\d+,\d+,/, ',12.50,0,'),
      /^bills\.csv:2: column amountFen: must be a whole number/,
    ],
    [
      'bills.csv',
      3,
      (row: string) => row.replace(/\d{4}-\d{2}-\d{2}/, '2026-02-30'),
      /^bills\.csv:3: column paymentDueDate: /,
    ],
    [
      'agreements.csv',
      2,
      (row: string) => row.replace(/[A-Za-z]+Fen=/, ''),
      /^agreements\.csv:2: column terms: must have the form/,
    ],
    [
      'buckets.csv',
      2,
      (row: string) => row.replace(/,1\d{10},/, ',19900000000,'),
      /^buckets\.csv:2: column msisdn: no line 19900000000/,
    ],
  ] as const)('name the place of a bad cell in %s, line %i', (file, line, change, message) => {
    exportSubscribers(excerpt, folder)
    spoil(file, line, change)
    expect(problems()[0]).toMatch(message)
  })

  it('reject a number that stands twice, and say where the first one is', () => {
    exportSubscribers(excerpt, folder)
    const [, first] = readFileSync(join(folder, 'lines.csv'), 'utf8').split('\n')
    spoil('lines.csv', 5, () => first!)
    expect(problems()).toContainEqual(
      expect.stringMatching(/^lines\.csv:5: column msisdn: \d+ already stands at lines\.csv:2$/),
    )
  })

  it('reject a missing column, a missing file, a torn row and a missing folder', () => {
    exportSubscribers(excerpt, folder)
    spoil('bills.csv', 1, (row) => row.replace('unpaidFen', 'unpaid'))
    rmSync(join(folder, 'buckets.csv'))
    spoil('people.csv', 2, (row) => row.split(',').slice(0, 3).join(','))
    expect(problems()).toEqual([
      expect.stringMatching(/^people\.csv:2: /),
      'bills.csv:1: column unpaidFen is missing',
      expect.stringMatching(/^buckets\.csv: file is missing/),
    ])
    expect(importSubscribers(join(folder, 'nowhere'))).toMatchObject({ ok: false })
  })
})
