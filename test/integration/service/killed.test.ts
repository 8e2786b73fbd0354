import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, codesOf, followOrder, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { differencesFromHome } from '../../support/home-books.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

let world: OutsideWorld
let cluster: PostgresCluster
let databaseUrl: string
let service: ServiceProcess
let counter: CounterClient

beforeAll(async () => {
  world = await startOutsideWorld()
  // Slow enough that a kill falls between the calls of a step.
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 120, jitterMs: 60 } } })
  cluster = await startPostgres()
  databaseUrl = await cluster.createDatabase()
  service = await startServiceProcess(world, databaseUrl)
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
afterAll(async () => {
  await service?.kill()
  await cluster?.stop()
  await world?.close()
})

/** Hands a batch in again and again, as a counter's outbox does, until the service has answered. */
async function handInStubbornly(jobs: unknown[]): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const results = await counter.sendJobs(jobs).catch(() => undefined)
    if (results) {
      const refused = results.find((result) => result.outcome !== 'accepted')
      if (refused) throw new Error(`not accepted: ${JSON.stringify(refused)}`)
      return
    }
    await wait(100)
  }
  throw new Error('the service did not answer')
}

it('loses nothing and does nothing twice when it is killed again and again', { timeout: 120_000 }, async () => {
  const scenarios = ['clean', 'arrears', 'premium', 'clean', 'arrears', 'clean']
  const cases = []
  for (const scenario of scenarios) cases.push(await prepareCase(counter, world, await world.someone(scenario)))
  const handingIn = Promise.all(cases.map((one) => handInStubbornly([...one.jobsBefore, submitJob(counter, one)])))
  for (const pause of [60, 350, 700, 1_100]) {
    await wait(pause)
    await service.kill()
    service = await startServiceProcess(world, databaseUrl)
    counter.moveTo(service.url)
  }
  await handingIn
  for (const one of cases) {
    const order = await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 60)
    const codes = codesOf(order).filter((code) => code !== 'retrying')
    expect(codes).toEqual([
      'accepted',
      ...(one.settlement.payableFen > 0 ? ['paymentsPosted'] : []),
      'dispatched',
      'approved',
      ...one.order.agreements.map(() => 'agreementTerminated'),
      'finalBill',
      'deactivated',
    ])
  }
  await wait(1_500)
  const look = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  const rows = await look.db.selectFrom('change_feed').select('sequence').orderBy('sequence').execute()
  expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1))
  expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  const payments = await look.db.selectFrom('payment').selectAll().execute()
  expect(payments).toHaveLength(cases.filter((one) => one.settlement.payableFen > 0).length)
  expect(payments.every((payment) => payment.posted_at !== null)).toBe(true)
  expect(await verifyLedger(look.db)).toEqual([])
  expect(await differencesFromHome(look.db, world)).toEqual([])
  await look.close()
  for (const one of cases) {
    const warnings = await world.messagesTo(one.entry.msisdn)
    expect(warnings.filter((message) => message.template === 'warning')).toHaveLength(1)
  }
})

it('closes cleanly when it is asked to', async () => {
  const waiting = counter.changes(1_000_000, 25)
  await wait(300)
  const asked = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - asked).toBeLessThan(12_000)
  // Whoever was waiting for changes has been answered, not cut off.
  expect(await waiting).toMatchObject({ ok: true, value: { changes: [] } })
  service = await startServiceProcess(world, databaseUrl)
  counter.moveTo(service.url)
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
})

it('keeps the promise with two processes on one database', { timeout: 90_000 }, async () => {
  const second = await startServiceProcess(world, databaseUrl)
  try {
    const cases = []
    for (let i = 0; i < 4; i += 1) cases.push(await prepareCase(counter, world, await world.someone('clean')))
    const other = { ...counter }
    const batches = cases.map((one) => [...one.jobsBefore, submitJob(other, one)])
    await Promise.all(batches.map(handInStubbornly))
    counter.moveTo(second.url)
    // The same jobs once more, at the other process: the first receipts again.
    const again = await counter.sendJobs(batches[0]!)
    expect(again.every((result) => result.outcome === 'accepted')).toBe(true)
    for (const one of cases) {
      const order = await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 40)
      expect(codesOf(order).filter((code) => code === 'deactivated')).toHaveLength(1)
      expect(codesOf(order).filter((code) => code === 'dispatched')).toHaveLength(1)
    }
  } finally {
    await second.kill()
    counter.moveTo(service.url)
  }
})

it('survives its database being stopped in the middle of everything', { timeout: 90_000 }, async () => {
  const cases = []
  for (const scenario of ['clean', 'premium', 'clean'])
    cases.push(await prepareCase(counter, world, await world.someone(scenario)))
  const handingIn = Promise.all(cases.map((one) => handInStubbornly([...one.jobsBefore, submitJob(counter, one)])))
  await wait(500)
  const away = cluster.crashAndRestart(1_500)
  await wait(700)
  const answer = await counter.request('GET', '/v1/changes?after=0')
  await Promise.all([away, handingIn])
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
  for (const one of cases) {
    const order = await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 60)
    expect(codesOf(order).filter((code) => code === 'deactivated')).toHaveLength(1)
  }
})
