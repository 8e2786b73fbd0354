import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, codesOf, followOrder, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { type PostgresPair, startPostgresPair } from '../../support/postgres-pair.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

let world: OutsideWorld
let pair: PostgresPair
let service: ServiceProcess
let counter: CounterClient

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 60, jitterMs: 30 } } })
  pair = await startPostgresPair()
  service = await startServiceProcess(world, pair.url, { outsideTimeoutMs: 20_000 })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
afterAll(async () => {
  await service?.kill()
  await pair?.stop()
  await world?.close()
})

type Prepared = Awaited<ReturnType<typeof prepareCase>>

/** Hands the jobs of a case in again and again, as an outbox does; answers how often nobody answered. */
async function handIn(one: Prepared, jobs: unknown[]): Promise<number> {
  for (let unanswered = 0; unanswered < 300; unanswered += 1) {
    const results = await counter.sendJobs(jobs).catch(() => undefined)
    if (results) {
      expect(results.map((result) => result.outcome)).toEqual(jobs.map(() => 'accepted'))
      return unanswered
    }
    await wait(100)
  }
  throw new Error(`nobody answered for ${one.order.caseNumber}`)
}

async function acceptedIds(database: OpenDatabase): Promise<Set<string>> {
  const rows = await database.db.selectFrom('job').select('id').execute()
  return new Set(rows.map((row) => row.id))
}

it('loses no accepted job when the primary dies and the standby takes over', { timeout: 120_000 }, async () => {
  const cases: Prepared[] = []
  for (const scenario of ['clean', 'arrears', 'clean', 'premium', 'arrears', 'clean'])
    cases.push(await prepareCase(counter, world, await world.someone(scenario)))
  const jobs = cases.map((one) => [...one.jobsBefore, submitJob(counter, one)])
  const accepted: string[] = []
  let died = false
  let unanswered = 0
  const handingIn = (async () => {
    for (const [index, one] of cases.entries()) {
      const batch = jobs[index] as { id: string }[]
      unanswered += await handIn(one, batch)
      if (!died) accepted.push(...batch.map((job) => job.id))
      await wait(120)
    }
  })()
  while (accepted.length === 0) await wait(20)
  await wait(60)
  await pair.killPrimary()
  died = true
  const acceptedBefore = [...accepted]
  await wait(400)
  await pair.promote()
  await handingIn
  // The primary died in the middle: something was answered before, and something had to wait.
  expect(acceptedBefore.length).toBeGreaterThan(0)
  expect(unanswered).toBeGreaterThan(0)

  const look = await openDatabase({ kind: 'postgres', url: pair.url, poolSize: 2 })
  const kept = await acceptedIds(look)
  expect(acceptedBefore.filter((id) => !kept.has(id))).toEqual([])
  for (const one of cases) {
    const order = await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 60)
    const codes = codesOf(order)
    for (const once of ['accepted', 'dispatched', 'approved', 'finalBill', 'deactivated'])
      expect(codes.filter((code) => code === once)).toEqual([once])
  }
  expect(await verifyAuditChain(look.db, 'SZ-HQB')).not.toHaveProperty('brokenAt')
  const payments = await look.db.selectFrom('payment').selectAll().execute()
  expect(payments).toHaveLength(cases.filter((one) => one.settlement.payableFen > 0).length)
  expect(payments.every((payment) => payment.posted_at !== null)).toBe(true)
  await look.close()
})
