import { mkdirSync } from 'node:fs'
import type { Write } from '../../../src/main/core/storage/statement-codec.ts'
import type { SqlValue } from '../../../src/main/core/storage/store.ts'
import type { Contender } from './contender.ts'
import { openPouch, type Pouch } from './pouch.mjs'

/** The rows of a transaction as documents: the same values under the names of their columns. */
export function documentsOf(writes: readonly Write[]): object[] {
  return writes.map(({ sql, params }) => {
    const [, table = '', columns = ''] = /INSERT INTO (\w+) \(([^)]*)\)/.exec(sql) ?? []
    const values: Record<string, SqlValue> = {}
    for (const [index, column] of columns.split(',').entries()) values[column.trim()] = params[index] ?? null
    const id = table === 'counter_case' ? values.case_id : String(values.sequence).padStart(9, '0')
    const prefix = table === 'outbox_job' ? `job:${values.state}` : table
    return { _id: `${prefix}:${id}`, ...values }
  })
}

/** PouchDB on LevelDB in the calling thread: the three rows as three documents in one bulk write. */
export function pouchDocuments(name: string, folder: string): Contender & { database: Pouch } {
  mkdirSync(folder, { recursive: true })
  const database = openPouch(`${folder}/counter`)
  return {
    name,
    database,
    durability:
      'not encrypted; handed to the operating system, not synced (PouchDB gives LevelDB no sync): lost at a power cut; three documents are not one transaction',
    async commit(writes) {
      const answers = await database.bulkDocs(documentsOf(writes))
      if (answers.some((answer) => answer.error)) throw new Error('PouchDB refused a document')
    },
    async fill(transactions) {
      let documents: object[] = []
      for (const writes of transactions) {
        documents.push(...documentsOf(writes))
        if (documents.length < 5000) continue
        await database.bulkDocs(documents)
        documents = []
      }
      if (documents.length > 0) await database.bulkDocs(documents)
    },
    close: () => database.close(),
  }
}
