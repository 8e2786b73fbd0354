import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import initSqlJs from 'sql.js'
import { migrations } from '../../../src/main/core/schema/migrations.ts'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import type { Contender } from './contender.ts'

/** Writes the whole database beside the old one, syncs it and renames it over the old one. */
function writeWhole(folder: string, bytes: Uint8Array): void {
  const file = openSync(`${folder}/counter.db.new`, 'w')
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${folder}/counter.db.new`, `${folder}/counter.db`)
  const parent = openSync(folder, 'r')
  fsyncSync(parent)
  closeSync(parent)
}

/** sql.js as most programs use it: in the calling thread, the whole database exported to a file after every commit. */
export async function sqljsExport(name: string, folder: string): Promise<Contender> {
  mkdirSync(folder, { recursive: true })
  const { Database } = await initSqlJs()
  const database = new Database()
  for (const migration of migrations) for (const statement of migration.statements) database.exec(statement)

  function apply(transactions: Iterable<readonly Write[]>) {
    database.exec('BEGIN')
    const statements = new Map<string, ReturnType<typeof database.prepare>>()
    for (const writes of transactions)
      for (const { sql, params } of writes) {
        const statement = statements.get(sql) ?? database.prepare(sql)
        statements.set(sql, statement)
        statement.run(params as (string | number | null)[])
      }
    for (const statement of statements.values()) statement.free()
    database.exec('COMMIT')
    writeWhole(folder, database.export())
  }

  return {
    name,
    durability: 'not encrypted; whole file written, fsync, rename before the answer',
    async commit(writes) {
      apply([writes])
    },
    async fill(transactions) {
      apply(transactions)
    },
    async close() {
      database.close()
    },
  }
}
