import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { countFailure } from '../../../service/src/auth/lockout.ts'
import { dayMs, decided, numberedId, openYearsOfWork, orderOf, type YearsOfWork } from '../../support/years-of-work.ts'

let years: YearsOfWork
beforeAll(async () => {
  years = await openYearsOfWork()
})
afterAll(() => years.database.close())

const everything = async () => {
  const tables = [
    'product_order',
    'approval',
    'order_request',
    'order_repair',
    'trouble_ticket',
    'approval_request',
  ] as const
  const rows = await Promise.all(tables.map((table) => years.database.db.selectFrom(table).selectAll().execute()))
  return JSON.stringify(rows)
}

test('each ended order is forgotten once, in batches, and nothing that is under way', async () => {
  for (let number = 1; number <= 120; number += 1) await orderOf(years, number)
  await orderOf(years, 200, 'homeReview')
  await decided(years, 1, 'closed')
  await decided(years, 2, 'open')
  years.pass(700 * dayMs)
  expect(await years.forget()).toMatchObject({ product_order: 0, trouble_ticket: 0, approval_request: 0 })
  expect(await everything()).toContain('问过张三')
  years.pass(40 * dayMs)
  const rounds: number[] = []
  for (let round = 0; round < 4; round += 1) rounds.push((await years.forget()).product_order!)
  expect(rounds).toEqual([50, 50, 20, 0])
  const left = await years.database.db.selectFrom('product_order').selectAll().execute()
  const open = left.filter(({ stage }) => stage === 'homeReview')
  expect(open).toMatchObject([{ forgotten_at: null, refuse_reason: '冒用张三的证件' }])
  await years.database.db.deleteFrom('approval').where('case_id', '=', open[0]!.case_id).execute()
  for (const table of ['order_request', 'order_repair'] as const)
    await years.database.db.deleteFrom(table).where('order_id', '=', open[0]!.order_id).execute()
  await years.database.db.deleteFrom('product_order').where('order_id', '=', open[0]!.order_id).execute()
  const text = await everything()
  for (const word of ['冒用', '13900000000', '问过张三']) expect(text).not.toContain(word)
  // What waits for somebody's decision stays, whatever its age.
  const waiting = await years.database.db.selectFrom('trouble_ticket').select('state').execute()
  expect(waiting).toEqual([{ state: 'open' }])
  const order = await years.database.db
    .selectFrom('product_order')
    .select(['submission', 'refused_for'])
    .executeTakeFirstOrThrow()
  expect(JSON.parse(order.submission).settlement).toEqual({ totalFen: 1 })
  expect(order.refused_for).toBe('{"code":"BY_STORE","params":{}}')
})

test('what went is an entry of the service’s own chain, in figures', async () => {
  const entries = await years.database.db.selectFrom('audit_entry').selectAll().where('chain', '=', 'service').execute()
  expect(entries.map(({ action }) => action)).toEqual(['purge', 'purge', 'purge'])
  expect(JSON.parse(entries[0]!.details)).toMatchObject({ product_order: 50, trouble_ticket: 1, approval_request: 1 })
  expect(await verifyAuditChain(years.database.db, 'service')).toEqual({ entries: 3 })
})

test('failures that led to no lock grow old like locks do, also those that an older build has counted', async () => {
  const { db } = years.database
  const rule = { lockAt: 2, lockMs: 1_000 }
  await countFailure(db, 'number:once', rule, years.now())
  for (let times = 1; times <= 2; times += 1) await countFailure(db, 'number:locked', rule, years.now())
  await sql`insert into lockout (subject, failures) values ('number:older', 1)`.execute(db)
  await db
    .insertInto('job_refusal')
    .values({
      id: numberedId(8000),
      device_id: 'D',
      sequence: 1,
      kind: 'order.submit',
      code: 'x',
      body_sha256: 'x',
      refused_at: years.now(),
    })
    .execute()
  const subjects = async () =>
    (await db.selectFrom('lockout').select('subject').orderBy('subject').execute()).map(({ subject }) => subject)
  await years.forget()
  expect(await subjects()).toEqual(['number:locked', 'number:older', 'number:once'])
  years.pass(20 * dayMs)
  await countFailure(db, 'number:late', rule, years.now())
  years.pass(11 * dayMs)
  expect(await years.forget()).toMatchObject({ lockout: 3, job_refusal: 0 })
  expect(await subjects()).toEqual(['number:late'])
  years.pass(150 * dayMs)
  expect(await years.forget()).toMatchObject({ lockout: 1, job_refusal: 1 })
})

test('a batch that fails takes nothing, and the next round takes it', async () => {
  await orderOf(years, 300)
  years.pass(740 * dayMs)
  const { db } = years.database
  // The last write of the batch is refused; what was written before it goes back.
  await sql`create function refuse_it() returns trigger language plpgsql as 'begin raise exception ''no''; end'`.execute(
    db,
  )
  await sql`create trigger refuse_it before update on product_order for each row execute function refuse_it()`.execute(
    db,
  )
  await expect(years.forget()).rejects.toThrow('no')
  const untouched = () =>
    db.selectFrom('order_repair').select('reason').where('order_id', '=', numberedId(300)).executeTakeFirst()
  expect(await untouched()).toEqual({ reason: '张三' })
  await sql`drop trigger refuse_it on product_order`.execute(db)
  expect((await years.forget()).product_order).toBe(1)
  expect(await untouched()).toEqual({ reason: '' })
})
