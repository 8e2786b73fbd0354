import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

const dayMs = 86_400_000
let world: OutsideWorld
let cluster: PostgresCluster
let services: RunningService[]
let look: OpenDatabase
let counter: CounterClient
let ended: Awaited<ReturnType<typeof prepareCase>>
let ahead = 0
const now = () => instant(Date.now() + ahead)

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  const database = { kind: 'postgres' as const, url: await cluster.createDatabase(), poolSize: 6 }
  const settings = { housekeeping: { everySeconds: 0.3 } }
  const start = () => startServiceOn(world, database, settings, { clock: { now } })
  services = await Promise.all([start(), start()])
  look = await openDatabase({ ...database, poolSize: 2 })
  counter = await createCounterClient(services[0]!.url, { now })
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  // Before the clock is moved: what is signed and what the home province says must be of one day.
  ended = await prepareCase(counter, world, await world.someone('clean'))
  await counter.sendJobs([...ended.jobsBefore, submitJob(counter, ended)])
  await followOrder(counter, ended.order.orderId, (view) => view.state === 'completed', 60)
})
afterAll(async () => {
  await look?.close()
  for (const service of services ?? []) await service.close()
  await cluster?.stop()
  await world?.close()
})

test('an order to which nothing happens is told to its store once, by whichever process looks', async () => {
  const one = await prepareCase(counter, world, await world.someone('clean'))
  const { carrier, province } = one.entry
  await world.control({ targets: { [`bss:${carrier}:${province}`]: { down: true } } })
  await counter.sendJobs([...one.jobsBefore, submitJob(counter, one)])
  await wait(1_000)
  const tickets = () =>
    look.db.selectFrom('trouble_ticket').selectAll().where('order_id', '=', one.order.orderId).execute()
  expect(await tickets()).toEqual([])
  ahead = 3 * 3_600_000
  await expect.poll(async () => (await tickets()).length, { timeout: 15_000 }).toBe(1)
  await wait(1_000)
  const found = await tickets()
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ kind: 'orderStuck', state: 'open', store_id: 'SZ-HQB', case_id: one.order.caseId })
  expect(JSON.parse(found[0]!.params)).toMatchObject({ caseNumber: one.order.caseNumber, hours: 3 })
  await world.control({ targets: { [`bss:${carrier}:${province}`]: null } })
})

test('what belongs to a person is forgotten in time, and not before; money, events and audit stay', async () => {
  const one = ended
  const papers = () =>
    look.db.selectFrom('attachment').select('attachment_id').where('case_id', '=', one.order.caseId).execute()
  const order = () =>
    look.db.selectFrom('product_order').selectAll().where('order_id', '=', one.order.orderId).executeTakeFirstOrThrow()
  ahead += 700 * dayMs
  await wait(1_500)
  expect(await papers()).toHaveLength(4)
  expect((await order()).submission).toContain(one.entry.person.name)
  ahead += 40 * dayMs
  await expect.poll(async () => (await papers()).length, { timeout: 15_000 }).toBe(0)
  await expect.poll(async () => (await order()).submission.includes('relatedParty'), { timeout: 15_000 }).toBe(false)
  const proofs = () =>
    look.db.selectFrom('identity_proof').select('proof_id').where('case_id', '=', one.order.caseId).execute()
  await expect.poll(async () => (await proofs()).length, { timeout: 15_000 }).toBe(0)
  const row = await order()
  for (const personal of [one.entry.person.name, one.entry.person.identificationId])
    expect(JSON.stringify(row)).not.toContain(personal)
  expect(JSON.parse(row.submission).settlement).toEqual(one.order.settlement)
  const messages = await look.db
    .selectFrom('sms_message')
    .selectAll()
    .where('order_id', '=', one.order.orderId)
    .execute()
  expect(messages.every((message) => message.text === '' && message.recipient === '')).toBe(true)
  const events = await look.db
    .selectFrom('order_event')
    .select('code')
    .where('order_id', '=', one.order.orderId)
    .execute()
  expect(events.map((event) => event.code)).toContain('deactivated')
  expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
})
