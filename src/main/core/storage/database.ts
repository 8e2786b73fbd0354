import initSqlJs, { type Database as SqlJsDatabase, type SqlJsStatic, type Statement } from 'sql.js'
import type { DatabaseImage } from './database-image.ts'
import { StoreError } from './errors.ts'
import type { Row, SqlValue } from './store-types.ts'

/** SQLite in memory: applies, reads and exports. Knows nothing of disks. Statement failures are `StoreError`s. */
export interface Database {
  begin(): void
  commit(): void
  rollback(): void
  /** Inside a transaction: a point that `backToMark` returns to. At most one at a time; `forgetMark` keeps what followed. */
  mark(): void
  backToMark(): void
  forgetMark(): void
  run(sql: string, params: readonly SqlValue[]): void
  /** Rows of a statement, at most `limit`. */
  all(sql: string, params: readonly SqlValue[], limit?: number): Row[]
  /** The database file as SQLite would write it. Only outside a transaction. */
  export(): Uint8Array
  close(): void
}

interface Prepared {
  statement: Statement
  columns: string[]
}

let loading: Promise<SqlJsStatic> | undefined

/** Compiles SQLite's WebAssembly once per thread. */
export function loadSqlite(): Promise<SqlJsStatic> {
  loading ??= initSqlJs()
  return loading
}

/**
 * The journal is what survives, so SQLite itself need not be careful: rollback in memory, no syncs, no file locks.
 * They are per connection: repeated after an export in case the library reopens the connection for it.
 */
const pragmas = [
  'PRAGMA locking_mode=EXCLUSIVE',
  'PRAGMA journal_mode=MEMORY',
  'PRAGMA synchronous=OFF',
  'PRAGMA temp_store=MEMORY',
  'PRAGMA cache_size=-65536',
  'PRAGMA foreign_keys=ON',
]

const rememberedStatements = 300
const changesSchema = /^\s*(create|drop|alter)\b/i

/** Opens a database from an image, which then belongs to it, or an empty one. Takes the loaded library so that it is synchronous. */
export function openDatabase(sqlite: SqlJsStatic, image?: DatabaseImage): Database {
  const database: SqlJsDatabase = new sqlite.Database(image)
  const prepared = new Map<string, Prepared>()
  const applyPragmas = () => {
    for (const pragma of pragmas) database.exec(pragma)
  }
  applyPragmas()
  const control = {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    mark: database.prepare('SAVEPOINT one'),
    backToMark: database.prepare('ROLLBACK TO one'),
    forgetMark: database.prepare('RELEASE one'),
  }

  function forgetStatements() {
    for (const { statement } of prepared.values()) statement.free()
    prepared.clear()
  }

  function prepare(sql: string): Prepared {
    const remembered = prepared.get(sql)
    if (remembered) return remembered
    const statement = database.prepare(sql)
    // The library compiles the first statement and forgets the rest, which would lose writes silently.
    const rest = sql.slice(statement.getSQL().length)
    if (rest.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').replace(/[\s;]/g, '') !== '') {
      statement.free()
      throw new StoreError('store.statement', 'one statement at a time')
    }
    const entry = { statement, columns: statement.getColumnNames() }
    if (prepared.size >= rememberedStatements) forgetStatements()
    prepared.set(sql, entry)
    return entry
  }

  function all(sql: string, params: readonly SqlValue[], limit = Number.POSITIVE_INFINITY): Row[] {
    const { statement, columns } = prepare(sql)
    const rows: Row[] = []
    try {
      statement.bind(params as SqlValue[])
      // RETURNING hands out its rows only after every change is made, so stopping early loses nothing.
      while (statement.step() && rows.length < limit) {
        const values = statement.get()
        const row: Row = {}
        for (let index = 0; index < columns.length; index += 1) row[columns[index]!] = values[index] ?? null
        rows.push(row)
        if (rows.length === limit) break
      }
    } finally {
      statement.reset()
    }
    if (changesSchema.test(sql)) forgetStatements()
    return rows
  }

  return {
    begin: () => control.begin.run(),
    commit: () => guard(() => control.commit.run()),
    rollback() {
      try {
        control.rollback.run()
      } catch {
        // SQLite already rolled back by itself (for example after ON CONFLICT ROLLBACK): nothing is open any more.
        control.rollback.reset()
      }
    },
    mark: () => control.mark.run(),
    backToMark() {
      control.backToMark.run()
      control.forgetMark.run()
    },
    forgetMark: () => control.forgetMark.run(),
    run: (sql, params) => {
      guard(() => all(sql, params, 0))
    },
    all: (sql, params, limit) => guard(() => all(sql, params, limit)),
    export() {
      const bytes = database.export()
      applyPragmas()
      return bytes
    },
    close() {
      forgetStatements()
      for (const statement of Object.values(control)) statement.free()
      database.close()
    },
  }
}

function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof StoreError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new StoreError('store.statement', message, { cause: error })
  }
}
