import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type Db, fromPglite } from 'pg-boss'
import { awaitServer } from './await-server.ts'
import { lockFolder } from './folder-lock.ts'
import { migrateToLatest } from './migrate.ts'
import { PreparingClient } from './preparing-client.ts'
import { createQueueStatements } from './queue-statements.ts'
import { createPool } from './server-pool.ts'
import { endSilentConnections } from './silent-connections.ts'
import type { Tables } from './tables.ts'

/** Where the service keeps its truth: PostgreSQL, a PGlite folder, or memory (tests, training). */
export type DatabaseTarget =
  | { kind: 'postgres'; url: string; poolSize: number; longestSilenceMs?: number | undefined }
  | { kind: 'pglite'; folder: string }
  | { kind: 'memory' }

export interface OpenDatabase {
  kind: DatabaseTarget['kind']
  db: Kysely<Tables>
  /** What the job queue runs its own statements on. */
  queue: Db
  /** Runs work that only one process may do at a time: schema changes, first rows. Others wait. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Runs work unless another process is at it just now; it is that one's turn then, and nothing happens here. */
  ifAlone(work: () => Promise<void>): Promise<void>
  /** The process is about to end: whatever is not answered soon is given up. */
  hurry(): void
  close(): Promise<void>
}

/** Any number will do, as long as nothing else locks it. */
const startLock = 7_205_331
const houseLock = 7_205_332

/** How long a server may take to answer a farewell. */
const farewellMs = 5_000

async function openPostgres(target: Extract<DatabaseTarget, { kind: 'postgres' }>): Promise<OpenDatabase> {
  const int8 = 20
  const pool = createPool(target.url, {
    max: target.poolSize,
    Client: PreparingClient,
    // A server that is not there is said to be away while the counter still waits, and one that vanished is noticed where nothing is asked.
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A process that stands still (a paused machine) must not hold a row against all others; nothing of ours waits inside a transaction.
    idle_in_transaction_session_timeout: 60_000,
    // bigint columns hold fen, milliseconds and counters, all far below 2^53.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    } as pg.CustomTypesConfig,
  })
  // A connection that breaks is replaced by the pool and its query fails; without listeners, for idle and for working connections,
  // Node would end the process instead.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  // Changing the schema, and waiting for another process that does, takes as long as it takes.
  let alone = 0
  // Before the first connection is made, so that it is watched as well.
  const silence = endSilentConnections(pool, () => alone > 0, target.longestSilenceMs)
  await awaitServer(pool).catch(async (error) => {
    await pool.end()
    silence.stop()
    throw error
  })
  return {
    kind: 'postgres',
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    queue: createQueueStatements(pool),
    async alone(work) {
      const client = await pool.connect()
      alone += 1
      try {
        await client.query('select pg_advisory_lock($1)', [startLock])
        return await work()
      } finally {
        alone -= 1
        await client.query('select pg_advisory_unlock($1)', [startLock]).catch(() => {})
        client.release()
      }
    },
    async ifAlone(work) {
      const client = await pool.connect()
      try {
        const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [houseLock])
        if (!rows[0]?.mine) return
        try {
          await work()
        } finally {
          await client.query('select pg_advisory_unlock($1)', [houseLock]).catch(() => {})
        }
      } finally {
        client.release()
      }
    },
    hurry: silence.hurry,
    // Whoever still waits for an answer there hears of its end: until then the pool does not end either.
    close() {
      const late = setTimeout(silence.cut, farewellMs)
      return pool.end().finally(() => {
        clearTimeout(late)
        silence.stop()
      })
    },
  }
}

async function openPglite(folder: string | undefined): Promise<OpenDatabase> {
  const release = folder ? lockFolder(folder) : undefined
  try {
    const pglite = await PGlite.create(folder ? join(folder, 'database') : 'memory://')
    return {
      kind: folder ? 'pglite' : 'memory',
      db: new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) }),
      queue: fromPglite(pglite),
      alone: (work) => work(),
      ifAlone: (work) => work(),
      hurry() {},
      async close() {
        await pglite.close()
        release?.()
      },
    }
  } catch (error) {
    release?.()
    throw error
  }
}

/** Opens the database and brings its schema up to date. Throws when it cannot be reached or is in use. */
export async function openDatabase(target: DatabaseTarget): Promise<OpenDatabase> {
  const opened =
    target.kind === 'postgres'
      ? await openPostgres(target)
      : await openPglite(target.kind === 'pglite' ? target.folder : undefined)
  try {
    await opened.alone(() => migrateToLatest(opened.db))
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}
