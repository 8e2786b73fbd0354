import { sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { purgeDpopProofs } from '../../../service/src/auth/dpop.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { keepHouse } from '../../../service/src/operation/housekeeping.ts'
import { watchOrders } from '../../../service/src/operation/watch-orders.ts'
import { sweepOrders } from '../../../service/src/orders/sweep.ts'
import { paperKeysOf } from '../../../service/src/papers/paper-keys.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { housekeepingSchema } from '../../../service/src/settings/service-config.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { newPglite } from '../../support/pglite.ts'

/* What is done from time to time for everybody: one row that nobody can deal with, or many that need nothing, hold up none of the others. */

const dayMs = 86_400_000
const hourMs = 3_600_000
const now = Date.UTC(2026, 10, 22)
const settings = housekeepingSchema.parse({})
const alone = { ifAlone: (work: () => Promise<void>) => work() }

let database: OpenDatabase
const scheduled: string[] = []
const context = () =>
  ({
    db: database.db,
    clock: { now: () => instant(now) },
    newId: uuidv7,
    log: { info() {}, warn() {}, error() {} },
    papers: paperKeysOf('second', { first: '11'.repeat(32), second: '22'.repeat(32) }),
    closing: new AbortController().signal,
    work: { scheduleStep: async (_tx: unknown, { orderId }: { orderId: string }) => void scheduled.push(orderId) },
  }) as unknown as ServiceContext

let last = 0
async function orders(count: number, row: { stage: string; createdAt: number; eventAt: number; stepAt?: number }) {
  const ids: string[] = []
  for (let number = 0; number < count; number += 1) {
    last += 1
    const orderId = uuidv7()
    ids.push(orderId)
    const { db } = database
    await db
      .insertInto('product_order')
      .values({
        order_id: orderId,
        case_id: uuidv7(),
        case_number: `T-${last}`,
        msisdn: `138${String(last).padStart(8, '0')}`,
        carrier: 'CMCC',
        home_province: '14',
        store_id: 'S',
        device_id: 'D',
        staff_id: 'clerk',
        stage: row.stage,
        submission: '{}',
        deadline: '2026-12-08',
        step_token: 1,
        next_step_at: row.stepAt ?? null,
        attempts: 0,
        owed_here_fen: 0,
        urge_count: 0,
        waived_fen: 0,
        promised_refund_fen: 0,
        wrong_stop_codes: 0,
        created_at: row.createdAt,
        updated_at: row.createdAt,
      } as never)
      .execute()
    await db
      .insertInto('order_event')
      .values({ event_id: uuidv7(), order_id: orderId, position: 1, code: 'accepted', at: row.eventAt, params: '{}' })
      .execute()
  }
  return ids
}

beforeAll(async () => {
  database = await openDatabase(await newPglite())
  const { db } = database
  await db.insertInto('store').values({ store_id: 'S', name: 'S', province: '44', may_accept: true }).execute()
  await db
    .insertInto('device')
    .values({ device_id: 'D', name: 'D', store_id: 'S', highest_sequence: 0, accepted_jobs: 0 } as never)
    .execute()
})
beforeEach(async () => {
  scheduled.length = 0
  for (const table of ['trouble_ticket', 'order_event', 'attachment', 'product_order'])
    await sql`delete from ${sql.table(table)}`.execute(database.db)
})
afterAll(() => database.close())

const told = async () =>
  (await database.db.selectFrom('trouble_ticket').select('order_id').execute()).map((row) => row.order_id)

test('an order that nobody works on is found behind any number that are old and well', async () => {
  const limits = { homeReview: 7 * 24 }
  await orders(230, { stage: 'homeReview', createdAt: now - 20 * dayMs, eventAt: now - hourMs })
  const [stuck] = await orders(1, { stage: 'homeReview', createdAt: now - 8 * dayMs, eventAt: now - 8 * dayMs })
  expect(await watchOrders(context(), limits)).toBe(1)
  expect(await told()).toEqual([stuck])
  expect(await watchOrders(context(), limits)).toBe(0)
})

test('more orders than one look takes are told of by the next ones, each once', async () => {
  const limits = { homeReview: 7 * 24 }
  const stuck = await orders(230, { stage: 'homeReview', createdAt: now - 9 * dayMs, eventAt: now - 9 * dayMs })
  const found = [await watchOrders(context(), limits), await watchOrders(context(), limits)]
  expect(found).toEqual([200, 30])
  expect((await told()).sort()).toEqual(stuck.sort())
})

test('an order that cannot be picked up keeps none of the others waiting', async () => {
  const [, poisoned] = await orders(3, {
    stage: 'accepted',
    createdAt: now - hourMs,
    eventAt: now - hourMs,
    stepAt: now - hourMs,
  })
  await sql`create function refuse_one() returns trigger language plpgsql as
    $$begin if old.case_number = 'poisoned' then raise exception 'no'; end if; return new; end$$`.execute(database.db)
  await sql`update product_order set case_number = 'poisoned', next_step_at = 1 where order_id = ${poisoned}`.execute(
    database.db,
  )
  await sql`create trigger refuse_one before update on product_order for each row execute function refuse_one()`.execute(
    database.db,
  )
  await expect(sweepOrders(context(), 60)).rejects.toThrow('no')
  expect(scheduled).toHaveLength(2)
  await sql`drop trigger refuse_one on product_order`.execute(database.db)
})

test('a paper that does not open keeps nobody from being forgotten in time', async () => {
  await database.db
    .insertInto('attachment')
    .values({
      attachment_id: uuidv7(),
      case_id: uuidv7(),
      kind: 'portrait',
      media_type: 'image/png',
      sha256: 'x',
      content: Buffer.from('whatever this once was, a byte of it is another now'),
      key_id: 'first',
      device_id: 'D',
      stored_at: now,
    })
    .execute()
  // More than one batch, so that a round that only takes one falls behind for ever.
  const ended = now - 3 * 366 * dayMs
  await orders(120, { stage: 'refused', createdAt: ended, eventAt: ended })
  await expect(keepHouse(context(), alone, settings)).rejects.toThrow()
  const { left } = await database.db
    .selectFrom('product_order')
    .select((eb) => eb.fn.countAll<number>().as('left'))
    .where('forgotten_at', 'is', null)
    .executeTakeFirstOrThrow()
  expect(Number(left)).toBe(0)
})

test('a proof is kept as long as any machine of the service may still take it, though their clocks differ', async () => {
  const { db } = database
  // Taken by a machine ten minutes behind the one that keeps house.
  await db
    .insertInto('dpop_proof')
    .values({ proof_hash: 'a', expires_at: now - 6 * 60_000 })
    .execute()
  await db
    .insertInto('dpop_proof')
    .values({ proof_hash: 'b', expires_at: now - 60 * 60_000 })
    .execute()
  await purgeDpopProofs(db, now)
  expect(await db.selectFrom('dpop_proof').select('proof_hash').execute()).toEqual([{ proof_hash: 'a' }])
})
