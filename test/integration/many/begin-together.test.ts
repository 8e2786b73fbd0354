import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrations } from '../../../service/src/database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/* The first start of all: several processes, on several machines as it were, find a database without a single table. */

let world: OutsideWorld
let cluster: PostgresCluster
let processes: ServiceProcess[] = []
let look: OpenDatabase | undefined

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
})
afterAll(async () => {
  await look?.close()
  for (const process of processes) await process.stop()
  await cluster?.stop()
  await world?.close()
})

it('three processes begin at once on an empty database: one schema, one identity, one set of rules', {
  timeout: 120_000,
}, async () => {
  const url = new URL(await cluster.createDatabase())
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  await admin.query('create database nothing_yet template template0')
  await admin.end()
  url.pathname = '/nothing_yet'
  processes = await Promise.all([1, 2, 3].map(() => startServiceProcess(world, url.href, {}, { logLevel: 'warn' })))
  look = await openDatabase({ kind: 'postgres', url: url.href, poolSize: 2 })
  const { db } = look
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(migrations).sort())
  const identities = await db.selectFrom('service_identity').select('service_id').execute()
  expect(identities).toHaveLength(1)
  const published = await db.selectFrom('rule_publication').select('number').executeTakeFirstOrThrow()
  expect(Number(published.number)).toBe(1)
  for (const one of processes) expect(one.output()).not.toMatch(/"level":(50|60)/)
  // Each of them serves, and they are one service.
  const counter = await createCounterClient(processes[0]!.url)
  const device = await counter.enrol(enrolment.first)
  expect(device).toMatchObject({ ok: true, value: { serviceId: identities[0]!.service_id } })
  for (const one of processes) {
    counter.moveTo(one.url)
    expect((await counter.signIn(clerk.staffId, clerk.password)).ok).toBe(true)
  }
})
