import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  chengduClerk,
  chengduSupervisor,
  clerk,
  codesOf,
  followOrder,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

let world: OutsideWorld
let cluster: PostgresCluster
let databaseUrl: string
const processes: ServiceProcess[] = []

/** Outside systems answer late on a busy machine; what is proved here is not their haste. */
const startProcess = () => startServiceProcess(world, databaseUrl, { outsideTimeoutMs: 20_000 })

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 80, jitterMs: 60 } } })
  cluster = await startPostgres()
  databaseUrl = await cluster.createDatabase()
  // All at once: each brings the schema up to date, and none may disturb the other.
  processes.push(...(await Promise.all([0, 1, 2].map(() => startProcess()))))
})
afterAll(async () => {
  for (const process of processes) await process.kill()
  await cluster?.stop()
  await world?.close()
})

type Prepared = Awaited<ReturnType<typeof prepareCase>>

/** A counter that asks another process whenever the one it asked does not answer. */
async function handIn(counter: CounterClient, jobs: unknown[], first: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    counter.moveTo(processes[(first + attempt) % processes.length]!.url)
    const results = await counter.sendJobs(jobs).catch(() => undefined)
    if (results) {
      expect(results.map((result) => result.outcome)).toEqual(jobs.map(() => 'accepted'))
      return
    }
    await wait(60)
  }
  throw new Error('nobody answered')
}

it('three processes, killed in turn, lose nothing and do nothing twice', { timeout: 150_000 }, async () => {
  const counters: { counter: CounterClient; cases: Prepared[] }[] = []
  const desks = [
    [enrolment.first, clerk, supervisor],
    [enrolment.second, clerk, supervisor],
    [enrolment.chengdu, chengduClerk, chengduSupervisor],
  ] as const
  for (const [index, [code, staff, approver]] of desks.entries()) {
    const counter = await createCounterClient(processes[index]!.url)
    await counter.enrol(code)
    await counter.signIn(staff.staffId, staff.password)
    const cases: Prepared[] = []
    for (const scenario of ['clean', 'arrears', 'premium', 'clean'])
      cases.push(
        await prepareCase(counter, world, await world.someone(scenario, { notProvince: index === 2 ? '51' : '44' }), {
          approver,
        }),
      )
    counters.push({ counter, cases })
  }
  const handingIn = Promise.all(
    counters.flatMap(({ counter, cases }, index) =>
      cases.map((one, nth) => handIn(counter, [...one.jobsBefore, submitJob(counter, one)], index + nth)),
    ),
  )
  for (let turn = 0; turn < 6; turn += 1) {
    await wait(250 + turn * 130)
    const victim = turn % processes.length
    await processes[victim]!.kill()
    processes[victim] = await startProcess()
  }
  await handingIn
  for (const [index, { counter, cases }] of counters.entries()) {
    counter.moveTo(processes[index]!.url)
    for (const one of cases) {
      const order = await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 60)
      const codes = codesOf(order)
      for (const once of ['accepted', 'dispatched', 'approved', 'finalBill', 'deactivated'])
        expect(codes.filter((code) => code === once)).toEqual([once])
      expect(codes.filter((code) => code === 'agreementTerminated')).toHaveLength(one.order.agreements.length)
    }
  }
  const look = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  for (const store of ['SZ-HQB', 'CD-CXL'])
    expect(await verifyAuditChain(look.db, store)).not.toHaveProperty('brokenAt')
  for (const { store_id } of await look.db.selectFrom('store').select('store_id').execute()) {
    const rows = await look.db
      .selectFrom('change_feed')
      .select('sequence')
      .where('store_id', '=', store_id)
      .orderBy('sequence')
      .execute()
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, position) => position + 1))
  }
  const prepared = counters.flatMap(({ cases }) => cases)
  const payments = await look.db.selectFrom('payment').selectAll().execute()
  expect(payments).toHaveLength(prepared.filter((one) => one.settlement.payableFen > 0).length)
  expect(payments.every((payment) => payment.posted_at !== null)).toBe(true)
  await look.close()
  for (const one of prepared) {
    const messages = await world.messagesTo(one.entry.msisdn)
    expect(messages.filter((message) => message.template === 'warning')).toHaveLength(1)
  }
})
