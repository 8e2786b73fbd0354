import type { Database } from './database.ts'
import type { Journal } from './journal.ts'
import { frameLength } from './journal-format.ts'
import { encodeWrites, type Write } from './statement-codec.ts'
import { assertWrite } from './statement-rules.ts'

/** A numbered change of the schema. Once released it never changes; a correction is a new migration. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  version: number
  name: string
  /** Statements in order; they run in one journaled transaction and must not depend on time or chance. */
  statements: readonly string[]
}

const createTable =
  'CREATE TABLE IF NOT EXISTS store_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT'

/** Highest migration a database has; 0 for a new one. */
export function schemaVersion(database: Database): number {
  const table = database.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'store_migrations'", [])
  if (table.length === 0) return 0
  const row = database.all('SELECT max(version) AS version FROM store_migrations', [])[0]
  return Number(row?.version ?? 0)
}

/** Throws (a bug in the list, not a state of the store) unless versions count 1, 2, 3 … */
export function assertNumbered(migrations: readonly Migration[]): void {
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.name} should be number ${index + 1}`)
  }
}

/**
 * Applies what is missing, each migration as one journal frame, and returns when all are on disk. Throws what SQLite or
 * the disk throws; migrations before the failing one stay.
 */
export function applyMigrations(database: Database, journal: Journal, migrations: readonly Migration[]): number {
  const present = schemaVersion(database)
  for (const migration of migrations.slice(present)) {
    const writes: Write[] = [
      { sql: createTable, params: [] },
      ...migration.statements.map((sql) => ({ sql, params: [] })),
      {
        sql: 'INSERT INTO store_migrations (version, name) VALUES (?, ?)',
        params: [migration.version, migration.name],
      },
    ]
    const content = encodeWrites(writes)
    if (!journal.fits(frameLength(content.length))) {
      journal.prepareSegment(frameLength(content.length))
      journal.startSegment()
    }
    database.begin()
    try {
      for (const { sql, params } of writes) {
        assertWrite(sql)
        database.run(sql, params)
      }
      database.commit()
    } catch (error) {
      database.rollback()
      throw new Error(`migration ${migration.version} (${migration.name}) failed`, { cause: error })
    }
    journal.write([content])
    journal.sync()
  }
  return Math.max(present, migrations.length)
}
