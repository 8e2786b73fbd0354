import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { countFailure } from '../../../service/src/auth/lockout.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { purge, type Retention } from '../../../service/src/operation/purge.ts'
import { paperKeysOf, paperName } from '../../../service/src/papers/paper-keys.ts'
import { resealPapers } from '../../../service/src/papers/reseal-papers.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { newPglite } from '../../support/pglite.ts'

const dayMs = 86_400_000
const keys = { first: '11'.repeat(32), second: '22'.repeat(32) }
const id = (number: number) => `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`
const retention: Retention = {
  identityDays: 732,
  evidenceDays: 1830,
  abandonedDays: 30,
  decidedDays: 732,
  accessDays: 30,
  callLogDays: 180,
}

let database: OpenDatabase
let now = Date.UTC(2026, 0, 1)
const said: object[] = []
const log = { info() {}, warn() {}, error: (values: object) => said.push(values) }
const context = () =>
  ({ db: database.db, clock: { now: () => instant(now) }, log }) as unknown as Pick<
    ServiceContext,
    'db' | 'clock' | 'log'
  > as ServiceContext

/** An order that ended now, with everything people leave behind. */
async function orderOf(number: number, stage: 'refused' | 'homeReview' = 'refused') {
  const { db } = database
  const [orderId, caseId] = [id(number), id(1000 + number)]
  await db
    .insertInto('product_order')
    .values({
      order_id: orderId,
      case_id: caseId,
      case_number: `T-${number}`,
      msisdn: `1380000${String(number).padStart(4, '0')}`,
      carrier: 'CMCC',
      home_province: '14',
      store_id: 'S',
      device_id: 'D',
      staff_id: 'clerk',
      stage,
      submission: JSON.stringify({ orderId, caseId, settlement: { totalFen: 1 }, relatedParty: [{ name: '张三' }] }),
      deadline: '2026-01-08',
      step_token: 1,
      attempts: 0,
      refuse_reason: '冒用张三的证件',
      refused_for: JSON.stringify({ code: 'BY_STORE', params: { text: '冒用张三的证件' } }),
      owed_here_fen: 0,
      urge_count: 0,
      waived_fen: 0,
      promised_refund_fen: 0,
      wrong_stop_codes: 0,
      created_at: now,
      updated_at: now,
    } as never)
    .execute()
  await db
    .insertInto('approval')
    .values({
      approval_id: id(2000 + number),
      case_id: caseId,
      subject: 'largeRefund',
      reason: '张三本人到场',
      approver_id: 'boss',
      clerk_id: 'clerk',
      device_id: 'D',
      approved_at: now,
    } as never)
    .execute()
  await db
    .insertInto('order_request')
    .values({
      request_id: id(3000 + number),
      order_id: orderId,
      kind: 'resupply',
      payload: JSON.stringify({ corrections: { contact: { name: '张三', phone: '13900000000' } } }),
      requested_at: now,
      handled_at: now,
    })
    .execute()
  await db
    .insertInto('order_repair')
    .values({
      repair_id: id(4000 + number),
      order_id: orderId,
      action: 'refuse',
      request: '{"reason":"张三"}',
      reason: '张三',
      staff_id: 'boss',
      device_id: 'D',
      done_at: now,
    })
    .execute()
  return { orderId, caseId }
}

async function decided(number: number, state: 'open' | 'closed') {
  await database.db
    .insertInto('trouble_ticket')
    .values({
      ticket_id: id(5000 + number),
      store_id: 'S',
      kind: 'limitReached',
      severity: 'waits',
      params: '{}',
      state,
      opened_at: now,
      closed_at: state === 'closed' ? now : null,
      closed_note: state === 'closed' ? '问过张三' : null,
    } as never)
    .execute()
  await database.db
    .insertInto('approval_request')
    .values({
      request_id: id(6000 + number),
      case_id: id(1000 + number),
      case_number: 'T',
      store_id: 'S',
      device_id: 'D',
      clerk_id: 'clerk',
      subject: 'largeRefund',
      reason: '张三',
      facts: '{"maskedName":"张*"}',
      state: state === 'open' ? 'open' : 'refused',
      requested_at: now,
      expires_at: now,
    } as never)
    .execute()
}

const everything = async () => {
  const tables = [
    'product_order',
    'approval',
    'order_request',
    'order_repair',
    'trouble_ticket',
    'approval_request',
  ] as const
  const rows = await Promise.all(tables.map((table) => database.db.selectFrom(table).selectAll().execute()))
  return JSON.stringify(rows)
}

beforeAll(async () => {
  database = await openDatabase(await newPglite())
  const { db } = database
  await db.insertInto('store').values({ store_id: 'S', name: 'S', province: '44', may_accept: true }).execute()
  await db
    .insertInto('device')
    .values({ device_id: 'D', name: 'D', store_id: 'S', highest_sequence: 0, accepted_jobs: 0 } as never)
    .execute()
  for (const [staffId, role] of [
    ['clerk', 'clerk'],
    ['boss', 'supervisor'],
  ] as const)
    await db
      .insertInto('staff')
      .values({ staff_id: staffId, name: staffId, role, store_id: 'S', password_hash: 'x', active: true })
      .execute()
})
afterAll(() => database.close())

test('each ended order is forgotten once, in batches, and nothing that is under way', async () => {
  for (let number = 1; number <= 120; number += 1) await orderOf(number)
  await orderOf(200, 'homeReview')
  await decided(1, 'closed')
  await decided(2, 'open')
  now += 700 * dayMs
  expect(await purge(context(), retention)).toMatchObject({ product_order: 0, trouble_ticket: 0, approval_request: 0 })
  expect(await everything()).toContain('问过张三')
  now += 40 * dayMs
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) rounds.push((await purge(context(), retention)).product_order!)
  expect(rounds).toEqual([50, 50, 20, 0])
  const left = await database.db.selectFrom('product_order').selectAll().execute()
  const open = left.filter(({ stage }) => stage === 'homeReview')
  expect(open).toMatchObject([{ forgotten_at: null, refuse_reason: '冒用张三的证件' }])
  await database.db.deleteFrom('approval').where('case_id', '=', open[0]!.case_id).execute()
  for (const table of ['order_request', 'order_repair'] as const)
    await database.db.deleteFrom(table).where('order_id', '=', open[0]!.order_id).execute()
  await database.db.deleteFrom('product_order').where('order_id', '=', open[0]!.order_id).execute()
  const text = await everything()
  for (const word of ['冒用', '13900000000', '问过张三']) expect(text).not.toContain(word)
  // What waits for somebody's decision stays, whatever its age.
  const waiting = await database.db.selectFrom('trouble_ticket').select('state').execute()
  expect(waiting).toEqual([{ state: 'open' }])
  const order = await database.db
    .selectFrom('product_order')
    .select(['submission', 'refused_for'])
    .executeTakeFirstOrThrow()
  expect(JSON.parse(order.submission).settlement).toEqual({ totalFen: 1 })
  expect(order.refused_for).toBe('{"code":"BY_STORE","params":{}}')
})

test('what went is an entry of the service’s own chain, in figures', async () => {
  const entries = await database.db.selectFrom('audit_entry').selectAll().where('chain', '=', 'service').execute()
  expect(entries.map(({ action }) => action)).toEqual(['purge', 'purge', 'purge'])
  expect(JSON.parse(entries[0]!.details)).toMatchObject({ product_order: 50, trouble_ticket: 1, approval_request: 1 })
  expect(await verifyAuditChain(database.db, 'service')).toEqual({ entries: 3 })
})

test('failures that led to no lock grow old like locks do, also those that an older build has counted', async () => {
  const { db } = database
  const rule = { lockAt: 2, lockMs: 1_000 }
  await countFailure(db, 'number:once', rule, now)
  for (let times = 1; times <= 2; times += 1) await countFailure(db, 'number:locked', rule, now)
  await sql`insert into lockout (subject, failures) values ('number:older', 1)`.execute(db)
  await db
    .insertInto('job_refusal')
    .values({
      id: id(8000),
      device_id: 'D',
      sequence: 1,
      kind: 'order.submit',
      code: 'x',
      body_sha256: 'x',
      refused_at: now,
    })
    .execute()
  const subjects = async () =>
    (await db.selectFrom('lockout').select('subject').orderBy('subject').execute()).map(({ subject }) => subject)
  await purge(context(), retention)
  expect(await subjects()).toEqual(['number:locked', 'number:older', 'number:once'])
  now += 20 * dayMs
  await countFailure(db, 'number:late', rule, now)
  now += 11 * dayMs
  expect(await purge(context(), retention)).toMatchObject({ lockout: 3, job_refusal: 0 })
  expect(await subjects()).toEqual(['number:late'])
  now += 150 * dayMs
  expect(await purge(context(), retention)).toMatchObject({ lockout: 1, job_refusal: 1 })
})

test('a batch that fails takes nothing, and the next round takes it', async () => {
  await orderOf(300)
  now += 740 * dayMs
  const { db } = database
  // The last write of the batch is refused; what was written before it goes back.
  await sql`create function refuse_it() returns trigger language plpgsql as 'begin raise exception ''no''; end'`.execute(
    db,
  )
  await sql`create trigger refuse_it before update on product_order for each row execute function refuse_it()`.execute(
    db,
  )
  await expect(purge(context(), retention)).rejects.toThrow('no')
  const untouched = () =>
    db.selectFrom('order_repair').select('reason').where('order_id', '=', id(300)).executeTakeFirst()
  expect(await untouched()).toEqual({ reason: '张三' })
  await sql`drop trigger refuse_it on product_order`.execute(db)
  expect((await purge(context(), retention)).product_order).toBe(1)
  expect(await untouched()).toEqual({ reason: '' })
})

test('papers under an old key, or none, come under the current one batch by batch, and open as before', async () => {
  const { db } = database
  const old = paperKeysOf('first', keys)
  const put = (number: number, content: Uint8Array, keyId: string | null) =>
    db
      .insertInto('attachment')
      .values({
        attachment_id: id(7000 + number),
        case_id: id(1),
        kind: 'portrait',
        media_type: 'image/png',
        sha256: 'x',
        content,
        key_id: keyId,
        device_id: 'D',
        stored_at: now,
      })
      .execute()
  for (let number = 1; number <= 45; number += 1)
    await put(number, old.seal(Buffer.from(`paper ${number}`), paperName(id(7000 + number))).sealed, 'first')
  await put(46, Buffer.from('paper 46'), null)
  await put(47, Buffer.from('sealed by nobody we know'), 'lost')
  const papers = paperKeysOf('second', keys)
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) rounds.push(await resealPapers({ db, papers, log }))
  expect(rounds).toEqual([20, 20, 6, 0])
  // The old key is not needed any more.
  const fresh = paperKeysOf('second', { second: keys.second })
  for (let number = 1; number <= 46; number += 1) {
    const row = await db
      .selectFrom('attachment')
      .select(['content', 'key_id'])
      .where('attachment_id', '=', id(7000 + number))
      .executeTakeFirstOrThrow()
    const opened = fresh.open({ keyId: row.key_id!, sealed: row.content }, paperName(id(7000 + number)))
    expect(Buffer.from(opened).toString()).toBe(`paper ${number}`)
  }
  expect(said).toContainEqual({ keys: ['lost'] })
})

/** What a case leaves before it becomes an order: a paper, and a proof with a pre-check made `laterMs` after it. */
async function leavings(number: number, laterMs = 0) {
  const { db } = database
  const whose = { case_id: id(20_000 + number), device_id: 'D', msisdn: '13800000000' }
  await db
    .insertInto('identity_proof')
    .values({
      ...whose,
      proof_id: id(21_000 + number),
      staff_id: 'clerk',
      carrier: 'CMCC',
      home_province: '14',
      document: '{}',
      asker: 'holder',
      holder_name: '张三',
      methods: '[]',
      face: '{}',
      proved_at: now,
      expires_at: now,
    } as never)
    .execute()
  await db
    .insertInto('pre_check')
    .values({
      ...whose,
      pre_check_id: id(22_000 + number),
      proof_id: id(21_000 + number),
      account: '{}',
      blockers: '[]',
      checked_at: now + laterMs,
    } as never)
    .execute()
  await db
    .insertInto('attachment')
    .values({
      attachment_id: id(23_000 + number),
      case_id: whose.case_id,
      device_id: 'D',
      kind: 'portrait',
      media_type: 'image/png',
      sha256: 'x',
      content: Buffer.from('x'),
      stored_at: now,
    })
    .execute()
  return whose.case_id
}

const leftOf = async (caseId: string) => {
  const { db } = database
  const of = (table: 'attachment' | 'pre_check' | 'identity_proof') =>
    db.selectFrom(table).select('case_id').where('case_id', '=', caseId).execute()
  return [(await of('attachment')).length, (await of('pre_check')).length, (await of('identity_proof')).length]
}

test('cases that never became an order are forgotten when their time comes, each looked at once', async () => {
  const abandoned = await leavings(1, 20 * 60_000)
  const ordered = await leavings(2)
  await orderOf(400, 'homeReview')
  await database.db.updateTable('product_order').set({ case_id: ordered }).where('order_id', '=', id(400)).execute()
  now += 30 * dayMs - 1
  await purge(context(), retention)
  expect(await leftOf(abandoned)).toEqual([1, 1, 1])
  now += 2
  await purge(context(), retention)
  // The pre-check is younger by twenty minutes: the proof it was made with waits for it.
  expect(await leftOf(abandoned)).toEqual([0, 1, 1])
  now += 20 * 60_000
  await purge(context(), retention)
  expect(await leftOf(abandoned)).toEqual([0, 0, 0])
  expect(await leftOf(ordered)).toEqual([1, 1, 1])
  const marks = await database.db.selectFrom('purge_mark').selectAll().orderBy('kind').execute()
  expect(marks.map(({ kind }) => kind)).toEqual(['attachment', 'identity_proof', 'pre_check'])
})

test('a clock that was set back leaves nothing out', async () => {
  const ahead = await leavings(3)
  now += 40 * dayMs
  await purge(context(), retention)
  expect(await leftOf(ahead)).toEqual([0, 0, 0])
  now -= 60 * dayMs
  await purge(context(), retention)
  const late = await leavings(4)
  now += 31 * dayMs
  await purge(context(), retention)
  expect(await leftOf(late)).toEqual([0, 0, 0])
})

test('a backlog larger than a look goes in one round, and a second round finds nothing', async () => {
  await sql`insert into attachment (attachment_id, case_id, kind, media_type, sha256, content, device_id, stored_at)
    select gen_random_uuid(), gen_random_uuid(), 'portrait', 'image/png', 'x', 'x', 'D', ${now} from generate_series(1, 2500)`.execute(
    database.db,
  )
  now += 31 * dayMs
  expect((await purge(context(), retention)).attachment).toBe(2500)
  expect((await purge(context(), retention)).attachment).toBe(0)
})
