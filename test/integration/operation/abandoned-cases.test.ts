import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  dayMs,
  leavings,
  leftOf,
  numberedId,
  openYearsOfWork,
  orderOf,
  type YearsOfWork,
} from '../../support/years-of-work.ts'

let years: YearsOfWork
beforeAll(async () => {
  years = await openYearsOfWork()
})
afterAll(() => years.database.close())

test('cases that never became an order are forgotten when their time comes, each looked at once', async () => {
  const abandoned = await leavings(years, 1, 20 * 60_000)
  const ordered = await leavings(years, 2)
  await orderOf(years, 400, 'homeReview')
  await years.database.db
    .updateTable('product_order')
    .set({ case_id: ordered })
    .where('order_id', '=', numberedId(400))
    .execute()
  years.pass(30 * dayMs - 1)
  await years.forget()
  expect(await leftOf(years, abandoned)).toEqual([1, 1, 1])
  years.pass(2)
  await years.forget()
  // The pre-check is younger by twenty minutes: the proof it was made with waits for it.
  expect(await leftOf(years, abandoned)).toEqual([0, 1, 1])
  years.pass(20 * 60_000)
  await years.forget()
  expect(await leftOf(years, abandoned)).toEqual([0, 0, 0])
  expect(await leftOf(years, ordered)).toEqual([1, 1, 1])
  const marks = await years.database.db.selectFrom('purge_mark').selectAll().orderBy('kind').execute()
  expect(marks.map(({ kind }) => kind)).toEqual(['attachment', 'identity_proof', 'pre_check'])
})

test('a clock that was set back leaves nothing out', async () => {
  const ahead = await leavings(years, 3)
  years.pass(40 * dayMs)
  await years.forget()
  expect(await leftOf(years, ahead)).toEqual([0, 0, 0])
  years.pass(-60 * dayMs)
  await years.forget()
  const late = await leavings(years, 4)
  years.pass(31 * dayMs)
  await years.forget()
  expect(await leftOf(years, late)).toEqual([0, 0, 0])
})

test('a backlog larger than a look goes in one round, and a second round finds nothing', async () => {
  await sql`insert into attachment (attachment_id, case_id, kind, media_type, sha256, content, device_id, stored_at)
    select gen_random_uuid(), gen_random_uuid(), 'portrait', 'image/png', 'x', 'x', 'D', ${years.now()} from generate_series(1, 2500)`.execute(
    years.database.db,
  )
  years.pass(31 * dayMs)
  expect((await years.forget()).attachment).toBe(2500)
  expect((await years.forget()).attachment).toBe(0)
})
