import { mkdirSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { migrations } from '../../../src/main/core/schema/migrations.ts'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import type { Row } from '../../../src/main/core/storage/store.ts'
import type { Contender } from './contender.ts'

/** Opens SQLite as Node carries it: write-ahead log, synchronous FULL, prepared statements kept. */
export function openSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode=WAL')
  database.exec('PRAGMA synchronous=FULL')
  return database
}

/** SQLite in the calling thread, on its own file, with the product's schema. */
export function nodeSqlite(name: string, folder: string): Contender & { rows(sql: string): Row[] } {
  mkdirSync(folder, { recursive: true })
  const database = openSqlite(`${folder}/counter.db`)
  for (const migration of migrations) for (const statement of migration.statements) database.exec(statement)
  const statements = new Map<string, StatementSync>()
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')

  function run({ sql, params }: Write) {
    let statement = statements.get(sql)
    if (!statement) {
      statement = database.prepare(sql)
      statements.set(sql, statement)
    }
    statement.run(...params)
  }

  return {
    name,
    durability: 'not encrypted; WAL, synchronous=FULL: on disk (fsync of the log) before the answer',
    rows: (sql) => database.prepare(sql).all() as Row[],
    async commit(writes) {
      begin.run()
      for (const write of writes) run(write)
      commit.run()
    },
    async fill(transactions) {
      begin.run()
      for (const writes of transactions) for (const write of writes) run(write)
      commit.run()
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    async close() {
      database.close()
    },
  }
}
