import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateToLatest, migrations } from '../../../service/src/database/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { takeOverview } from '../../../service/src/operation/overview.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * This build is the older one here. A newer one changes the schema under it, while it serves: by additions as the rules allow them, on
 * the very tables that are written most.
 */
const newer = {
  ...migrations,
  '9001-widened': [
    'alter table product_order add column channel text',
    "alter table payment add column shift text not null default 'day'",
    'alter table job add column weight bigint',
    'alter table change_feed add column audience text',
    'update product_order set channel = store_id',
    'create index product_order_channel on product_order (channel)',
    'create table channel (channel text primary key, opened_at bigint)',
  ],
  '9002-widened-again': ['alter table order_event add column weight bigint', 'alter table device add column seat text'],
}

let world: OutsideWorld
let cluster: PostgresCluster
let service: RunningService
let look: OpenDatabase
let counter: CounterClient
let database: { kind: 'postgres'; url: string; poolSize: number }

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  database = { kind: 'postgres', url: await cluster.createDatabase(), poolSize: 8 }
  service = await startServiceOn(world, database)
  look = await openDatabase({ ...database, poolSize: 3 })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
afterAll(async () => {
  await look?.close()
  await service?.close()
  await cluster?.stop()
  await world?.close()
})

async function wholeRoad(): Promise<string> {
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  await handIn(counter, prepared)
  await followOrder(counter, prepared.order.orderId, (order) => order.state === 'completed')
  return prepared.order.orderId
}

test('an older build goes on serving while a newer one changes the schema under load, and can be started again', async () => {
  let stop = false
  const finished: string[] = []
  const load = (async () => {
    while (!stop) finished.push(await wholeRoad())
  })()
  await expect.poll(() => finished.length, { timeout: 30_000 }).toBeGreaterThan(0)
  // A reader that keeps its transaction open: the change of the schema must not make everybody wait behind it.
  const reader = look.db.transaction().execute(async (tx) => {
    await tx.selectFrom('product_order').select('order_id').limit(1).execute()
    await new Promise((resolve) => setTimeout(resolve, 4_000))
  })
  await migrateToLatest(look.db, newer)
  const atMigration = finished.length
  await reader
  await expect.poll(() => finished.length, { timeout: 30_000 }).toBeGreaterThan(atMigration + 1)
  stop = true
  await load

  await service.close()
  service = await startServiceOn(world, database)
  counter.moveTo(service.url)
  await wholeRoad()
  const names = await look.db
    .selectFrom('kysely_migration' as never)
    .select('name' as never)
    .execute()
  expect(JSON.stringify(names)).toContain('9002-widened-again')
})

test('an order from before orders named their rules goes on by those of the day of its signature', async () => {
  await world.control({ reviewFactor: 10_000 })
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  const { order } = prepared
  await handIn(counter, prepared)
  await followOrder(counter, order.orderId, ({ stage }) => stage === 'homeReview')
  const row = await look.db
    .selectFrom('product_order')
    .select('submission')
    .where('order_id', '=', order.orderId)
    .executeTakeFirstOrThrow()
  const { rulePacks, ...older } = JSON.parse(row.submission)
  expect(rulePacks.length).toBeGreaterThan(0)
  await look.db
    .updateTable('product_order')
    .set({ submission: JSON.stringify(older) })
    .where('order_id', '=', order.orderId)
    .execute()
  await world.control({ reviewFactor: 0 })
  await followOrder(counter, order.orderId, ({ state }) => state === 'completed')
})

test('an order at a stage that this build has no word for is left as it is and holds nobody up, until a build that knows it goes on', async () => {
  await world.control({ reviewFactor: 10_000 })
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  const { orderId } = prepared.order
  await handIn(counter, prepared)
  await followOrder(counter, orderId, ({ stage }) => stage === 'homeReview')
  const row = () =>
    look.db
      .selectFrom('product_order')
      .select(['stage', 'step_token'])
      .where('order_id', '=', orderId)
      .executeTakeFirstOrThrow()
  const events = async () =>
    (await look.db.selectFrom('order_event').where('order_id', '=', orderId).selectAll().execute()).length
  // What a newer build beside this one may write; its step is overdue, so that the workers here and the sweep come upon it.
  await look.db
    .updateTable('product_order')
    .set({ stage: 'inspected' as never, next_step_at: Date.now() - 3_600_000 })
    .where('order_id', '=', orderId)
    .execute()
  const [{ step_token: token }, before] = [await row(), await events()]
  await expect.poll(async () => (await row()).step_token, { timeout: 15_000 }).toBeGreaterThan(token)
  await world.control({ reviewFactor: 0 })
  await wholeRoad()
  expect((await row()).stage).toBe('inspected')
  expect(await events()).toBe(before)
  const overview = await takeOverview(look.db, { now: () => instant(Date.now()) })
  expect(overview.orders.some(({ stage }) => (stage as string) === 'inspected')).toBe(true)
  await look.db
    .updateTable('product_order')
    .set({ stage: 'homeReview', next_step_at: Date.now() - 3_600_000 })
    .where('order_id', '=', orderId)
    .execute()
  await followOrder(counter, orderId, ({ state }) => state === 'completed', 40)
})

test('a build writes changes to the feed that do not name their subject, as the first one did', async () => {
  const order = await look.db.selectFrom('product_order').select(['order_id', 'store_id']).executeTakeFirstOrThrow()
  const written = await look.db
    .insertInto('change_feed')
    .values({ store_id: order.store_id, sequence: 1_000_000, at: 1, order_id: order.order_id, body: '{}' } as never)
    .returning('subject_id')
    .executeTakeFirstOrThrow()
  expect(written.subject_id).toBe(order.order_id)
})

test('a build that is too old says so instead of guessing', async () => {
  const { '9002-widened-again': _, ...between } = newer
  const floor = await look.db.selectFrom('schema_floor').select('oldest').executeTakeFirstOrThrow()
  await look.db.updateTable('schema_floor').set({ oldest: '9002-widened-again' }).execute()
  await expect(migrateToLatest(look.db, between)).rejects.toThrow(/newer services/)
  await expect(startServiceOn(world, database)).rejects.toThrow(/newer services/)
  await migrateToLatest(look.db, newer)
  await look.db.updateTable('schema_floor').set(floor).execute()
})
