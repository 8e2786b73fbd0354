import { PGlite, type Transaction } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { migrateToLatest } from '../../../service/src/database/migrate.ts'
import type { Tables } from '../../../service/src/database/tables.ts'
import { type PreparedQuery, preparedQueries } from './prepared-queries.ts'

/** The service's database: a real PostgreSQL engine in this process, the same for every seed, emptied in between. */
export interface ServiceDatabase {
  pglite: PGlite
  /** For those who look at it from outside of any life. */
  db: Kysely<Tables>
  /** Inside a transaction of the engine. */
  queryInside: PreparedQuery
  query: PreparedQuery
  /** Runs work alone inside a transaction, which is rolled back when it rejects. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  /** Statements so far that may have written something, rolled back or not. */
  readonly writes: number
  rows<T>(sql: string, params?: unknown[]): Promise<T[]>
  empty(): Promise<void>
  /** Everything that is in it at one moment, as a backup would hold it. */
  backUp(): Promise<Backup>
  restore(backup: Backup): Promise<void>
}
export type Backup = ReadonlyMap<string, string>

/** Notes which transaction brought each job, which no column of the product tells: the judge wants to know the order. */
const noteOrder = `
  create table simulated_job_order (id uuid primary key, transaction bigint not null);
  create function note_job_order() returns trigger language plpgsql as $$
    begin
      insert into simulated_job_order values (new.id, pg_current_xact_id()::text::bigint);
      return null;
    end $$;
  create trigger note_job_order after insert on job for each row execute function note_job_order()`

const seedsPerVacuum = 10

/** Opens the database and brings its schema up to date. */
export async function openServiceDatabase(): Promise<ServiceDatabase> {
  const pglite = await PGlite.create('memory://')
  // Nothing of it is on any disk; what a commit keeps when a process dies is decided by `databaseOfLife`.
  await pglite.exec('set synchronous_commit = off')
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
  await migrateToLatest(db)
  await pglite.exec(noteOrder)
  let writes = 0
  const run = await preparedQueries(pglite)
  const prepared: PreparedQuery = (sql, params) => {
    if (!/^select /i.test(sql)) writes += 1
    return run(sql, params)
  }
  const queryInside: PreparedQuery = (sql, params) => pglite._runExclusiveQuery(() => prepared(sql, params))
  const query: PreparedQuery = (sql, params) => pglite._runExclusiveTransaction(() => queryInside(sql, params))
  const control = (sql: string) => pglite._runExclusiveQuery(() => run(sql))
  const transaction = <T>(work: () => Promise<T>) =>
    pglite._runExclusiveTransaction(async () => {
      await control('begin')
      try {
        const value = await work()
        await control('commit')
        return value
      } catch (error) {
        await control('rollback')
        throw error
      }
    })
  const rows = async <T>(sql: string, params: unknown[] = []) => (await query<T>(sql, params)).rows
  const found = await rows<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%' order by tablename",
  )
  const tables = found.map(({ name }) => name)
  let emptied = 0
  const empty = async () => {
    // The ledger refuses to be emptied, so the database is told that this is no work of the service. Rows are deleted, because
    // truncating gives a table new files, and every plan that knows the table is made anew.
    await control('set session_replication_role = replica')
    await transaction(async () => {
      for (const table of tables) await queryInside(`delete from ${table}`)
    })
    await control('set session_replication_role = origin')
    emptied += 1
    // What is deleted still lies in the way until it is swept up, and after that plans are made anew, too.
    if (emptied % seedsPerVacuum === 0) await pglite.exec(`vacuum ${tables.join(', ')}`)
  }
  // As a driver prepares statements for the service, so that it is done once for all worlds.
  const preparing = new Proxy(pglite, {
    get(target, name) {
      if (name === 'query') return query
      if (name === 'transaction')
        return (work: (tx: Transaction) => Promise<unknown>) =>
          transaction(() => work({ query: queryInside } as Transaction))
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return {
    pglite,
    db: new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: preparing as PGlite }) }),
    queryInside,
    query,
    transaction,
    get writes() {
      return writes
    },
    rows,
    empty,
    async backUp() {
      const backup = new Map<string, string>()
      // One snapshot, as every way to back up a PostgreSQL gives: a backup torn between two tables is none a counter could meet.
      await transaction(async () => {
        for (const table of tables) {
          const { rows: found } = await queryInside<{ content: string | null }>(
            `select json_agg(t)::text as content from ${table} t`,
          )
          if (found[0]?.content) backup.set(table, found[0].content)
        }
      })
      return backup
    },
    async restore(backup) {
      writes += 1
      await pglite.transaction(async (tx) => {
        await tx.exec('set session_replication_role = replica')
        await tx.exec(`truncate ${tables.join(', ')}`)
        for (const [table, content] of backup)
          await tx.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`, [
            content,
          ])
        await tx.exec('set session_replication_role = origin')
      })
    },
  }
}

/** What a life of a service process goes through at each statement. */
export interface StatementFate {
  /** Waits as long as this statement takes; answers whether the process dies before or after it. */
  next(statement: string): Promise<'lives' | 'diesBefore' | 'diesAfter'>
  died(): void
}

export interface DatabaseOfLife {
  db: Kysely<Tables>
  end(): void
}

class Died extends Error {}
/** A promise of its own each time: one for all would keep everything that ever waited for it. */
const never = () => new Promise<never>(() => {})

/**
 * The database as one life of a service process sees it. When the process dies, an open transaction is rolled back, as the server
 * does when a connection breaks, and the dead process hears of nothing any more.
 */
export function databaseOfLife(database: ServiceDatabase, fate: StatementFate): DatabaseOfLife {
  const { pglite } = database
  let alive = true
  let breakOff: (() => void) | undefined

  function die() {
    if (!alive) return
    alive = false
    breakOff?.()
    fate.died()
  }

  async function statement<T>(text: string, run: () => Promise<T>): Promise<T> {
    if (!alive) return never()
    const outcome = await fate.next(text)
    if (!alive) return never()
    if (outcome === 'diesBefore') {
      die()
      return never()
    }
    const result = await run()
    if (outcome === 'diesAfter') die()
    return alive ? result : never()
  }

  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (!alive) return never()
    let diesAfterCommit = false
    try {
      const result = await database.transaction(async () => {
        if (!alive) throw new Died()
        const broken = new Promise<never>((_, reject) => {
          breakOff = () => reject(new Died())
        })
        const query: PreparedQuery = (sql, params) => statement(sql, () => database.queryInside(sql, params))
        const value = await Promise.race([work({ query } as Transaction), broken])
        const outcome = await Promise.race([fate.next('commit'), broken])
        breakOff = undefined
        if (outcome === 'diesBefore') die()
        if (!alive) throw new Died()
        diesAfterCommit = outcome === 'diesAfter'
        return value
      })
      if (diesAfterCommit) die()
      return alive ? result : never()
    } catch (error) {
      breakOff = undefined
      if (error instanceof Died || !alive) return never()
      throw error
    }
  }

  const guarded = new Proxy(pglite, {
    get(target, name) {
      if (name === 'query')
        return (sql: string, params?: unknown[]) => statement(sql, () => database.query(sql, params))
      if (name === 'transaction') return transaction
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { db: new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: guarded as PGlite }) }), end: die }
}
