import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Database, loadSqlite, openDatabase } from '../../../src/main/core/storage/database.ts'
import { DatabaseImage } from '../../../src/main/core/storage/database-image.ts'
import { createTransactionGroup } from '../../../src/main/core/storage/transaction-group.ts'

let sqlite: Awaited<ReturnType<typeof loadSqlite>>

beforeAll(async () => {
  sqlite = await loadSqlite()
})

function withTable(): Database {
  const database = openDatabase(sqlite)
  database.run('CREATE TABLE entry (number INTEGER NOT NULL, text TEXT NOT NULL) STRICT', [])
  return database
}

const insert = (number: number) => ({ sql: 'INSERT INTO entry (number, text) VALUES (?, ?)', params: [number, 'x'] })
const numbers = (database: Database) => database.all('SELECT number FROM entry ORDER BY rowid', []).map((r) => r.number)

describe('transactions that share one commit in memory', () => {
  test('whatever members are taken back, and whenever it is committed: the others are there, in order', () => {
    const step = fc.record({ rows: fc.integer({ min: 0, max: 4 }), undone: fc.boolean(), commit: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const database = withTable()
        const group = createTransactionGroup(() => database)
        const expected: number[] = []
        let next = 0
        for (const { rows, undone, commit } of steps) {
          group.begin()
          const first = next
          next += rows
          const writes = Array.from({ length: rows }, (_, index) => insert(first + index))
          for (const { sql, params } of writes) database.run(sql, params)
          if (undone) group.undo()
          else {
            group.keep(writes)
            expected.push(...writes.map(({ params }) => params[0] as number))
          }
          if (commit) group.commit()
        }
        group.commit()
        expect(numbers(database)).toEqual(expected)
        database.close()
      }),
    )
  })

  test('members that cannot be repeated are not passed over: the group says so when it is committed', () => {
    const database = withTable()
    const group = createTransactionGroup(() => database)
    group.begin()
    group.keep([{ sql: 'INSERT INTO nowhere VALUES (1)', params: [] }])
    group.begin()
    database.run(insert(1).sql, insert(1).params)
    group.undo()
    expect(() => group.commit()).toThrow('cannot be repeated')
  })
})

describe('the image a database is opened from', () => {
  test('the database grows in it, reads and writes what it should, and exports only itself', () => {
    const source = withTable()
    for (let number = 1; number <= 500; number += 1) source.run(insert(number).sql, [number, 'y'.repeat(500)])
    const bytes = source.export()
    const image = new DatabaseImage(bytes.length)
    image.set(bytes)
    const database = openDatabase(sqlite, image)
    expect(Buffer.compare(database.export(), bytes)).toBe(0)
    // Well beyond the room behind it.
    for (let number = 501; number <= 30_000; number += 1) database.run(insert(number).sql, [number, 'z'.repeat(500)])
    expect(numbers(database)).toHaveLength(30_000)
    expect(database.all('PRAGMA integrity_check', [])).toEqual([{ integrity_check: 'ok' }])
  })
})
