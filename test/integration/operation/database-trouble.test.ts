import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { isPassingTrouble } from '../../../service/src/database/passing-trouble.ts'
import { PreparingClient } from '../../../service/src/database/preparing-client.ts'
import { endSilentConnections } from '../../../service/src/database/silent-connections.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { papersOf } from '../../support/proof-and-papers.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'
import { type Line, startLine } from '../../support/slow-line.ts'

/* A database that is there and of no use: frozen, full, or one that only follows another. Counters keep their work; operators are told. */

let world: OutsideWorld
let cluster: PostgresCluster
let line: Line
let service: RunningService
let look: OpenDatabase
let counter: CounterClient
let jobs: Awaited<ReturnType<typeof papersOf>>['jobs']

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  const url = new URL(await cluster.createDatabase())
  look = await openDatabase({ kind: 'postgres', url: url.href, poolSize: 3 })
  line = await startLine(Number(url.port))
  url.port = String(line.port)
  service = await startServiceOn(world, { kind: 'postgres', url: url.href, longestSilenceMs: 1_500 })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
beforeEach(async () => {
  const entry = await world.someone('clean')
  jobs = (await papersOf(counter, world, entry, counter.randomCaseId(), ['documentFront', 'portrait'])).jobs
})
afterAll(async () => {
  line?.thaw()
  await service?.close()
  line?.close()
  await look?.close()
  await cluster?.stop()
  await world?.close()
})

const ready = async () => {
  const begun = performance.now()
  const response = await fetch(`${service.url}/health/ready`)
  const { status } = (await response.json()) as { status: string }
  return { code: response.status, status, quick: performance.now() - begun < 4_000 }
}

async function send() {
  const response = await counter.request('POST', '/v1/jobs', { jobs })
  const body = (await response.json()) as { results?: { outcome: string }[]; error?: { code: string } }
  return { status: response.status, said: body.error?.code ?? body.results?.map(({ outcome }) => outcome) }
}

const kept = async () => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from job
    where id = any(${jobs.map(({ id }) => id)}::uuid[])`.execute(look.db)
  return rows[0]!.count
}

test('a full disk is the service’s trouble and not the job’s: it comes again, and is taken in once', async () => {
  await sql`create function full_disk() returns trigger language plpgsql as
    $$begin raise exception 'could not extend file' using errcode = '53100'; end$$`.execute(look.db)
  await sql`create trigger full_disk before insert on job for each row execute function full_disk()`.execute(look.db)
  expect(await send()).toEqual({ status: 503, said: 'connection.busy' })
  expect(await kept()).toBe(0)
  await sql`drop trigger full_disk on job`.execute(look.db)
  expect(await send()).toEqual({ status: 200, said: ['accepted', 'accepted'] })
  expect(await send()).toEqual({ status: 200, said: ['accepted', 'accepted'] })
  expect(await kept()).toBe(2)
})

test('a server that takes no writes makes no process ready, and no work fails for good by it', async () => {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(look.db)
  const database = sql.id(rows[0]!.name)
  const throwOut = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(look.db)
  await sql`alter database ${database} set default_transaction_read_only = on`.execute(look.db)
  await throwOut()
  await expect.poll(ready).toMatchObject({ code: 503, status: 'database takes no writes' })
  expect(await send()).toEqual({ status: 503, said: 'connection.busy' })
  await look.db.transaction().execute(async (tx) => {
    await sql`set transaction read write`.execute(tx)
    await sql`alter database ${database} reset default_transaction_read_only`.execute(tx)
  })
  await throwOut()
  await expect.poll(ready).toMatchObject({ code: 200, status: 'ready' })
  expect(await send()).toEqual({ status: 200, said: ['accepted', 'accepted'] })
})

test('no transaction of a process that stands still holds the others up for longer than a minute', async () => {
  const { rows } = await sql<{ most: string }>`
    select current_setting('idle_in_transaction_session_timeout') as most`.execute(look.db)
  expect(rows[0]!.most).toBe('1min')
})

test('a statement that is never answered ends as trouble that passes, and the next one goes to a new connection', async () => {
  const url = new URL(await cluster.createDatabase())
  const ours = await startLine(Number(url.port))
  url.port = String(ours.port)
  const pool = new pg.Pool({ connectionString: url.href, max: 2, Client: PreparingClient })
  pool.on('error', () => {})
  let spared = false
  const watch = endSilentConnections(pool, () => spared, 600)
  try {
    await pool.query('select 1')
    // What takes long and lives is left alone while it is known to.
    spared = true
    await pool.query('select pg_sleep(1.5)')
    spared = false
    // Idle connections are nobody's trouble, however long.
    await wait(1_500)
    await pool.query('select 1')
    ours.freeze()
    const trouble = await pool.query('select 2').catch((error: unknown) => error)
    expect(trouble).toBeInstanceOf(Error)
    expect(isPassingTrouble(trouble)).toBe(true)
    ours.thaw()
    expect((await pool.query('select 3 as three')).rows).toEqual([{ three: 3 }])
  } finally {
    ours.thaw()
    watch.stop()
    await pool.end()
    ours.close()
  }
})

test('a server that has frozen makes no process ready, and the process says so while it is asked', async () => {
  expect(await ready()).toEqual({ code: 200, status: 'ready', quick: true })
  line.freeze()
  expect(await ready()).toEqual({ code: 503, status: 'database unavailable', quick: true })
  line.thaw()
  await expect.poll(ready, { timeout: 20_000, interval: 1_000 }).toMatchObject({ code: 200 })
  expect(await send()).toEqual({ status: 200, said: ['accepted', 'accepted'] })
})

test('a process whose database has frozen still comes to its end when it is told to', async () => {
  const url = new URL(await cluster.createDatabase())
  const ours = await startLine(Number(url.port))
  url.port = String(ours.port)
  const doomed = await startServiceOn(world, { kind: 'postgres', url: url.href, longestSilenceMs: 1_500 })
  ours.freeze()
  await wait(700)
  await doomed.close().catch(() => undefined)
  ours.close()
})
