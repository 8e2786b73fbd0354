import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { verifyLedger } from '../../../service/src/ledger/verify-ledger.ts'
import { isFinal } from '../../../src/shared/domain/order.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, type PreparedCase, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { differencesFromHome } from '../../support/home-books.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { seeded } from '../../support/seeded.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

let world: OutsideWorld
let cluster: PostgresCluster
let url: string
let processes: [ServiceProcess, ServiceProcess]
let counter: CounterClient
let look: OpenDatabase

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  url = await cluster.createDatabase()
  processes = [await startServiceProcess(world, url), await startServiceProcess(world, url)]
  counter = await createCounterClient(processes[0].url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
})
afterAll(async () => {
  await look?.close()
  for (const one of processes ?? []) await one.kill()
  await cluster?.stop()
  await world?.close()
})

async function send(jobs: unknown[]): Promise<string[]> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    // Either process will do; while one is being killed the other takes the jobs.
    counter.moveTo(processes[attempt % 2]!.url)
    const results = await counter.sendJobs(jobs).catch(() => undefined)
    if (results) return results.map((result) => result.outcome)
    await wait(100)
  }
  throw new Error('no process answered')
}

const seed = Number(process.env.LEDGER_SEED ?? 20_261_121)

it(`agrees with the home provinces after random cases on two processes, one of them killed again and again (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const random = seeded(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const scenarios = [
    'clean',
    'arrears',
    'arrears',
    'handset',
    'modem',
    'prepaid-refund',
    'invoiced',
    'refused-at-review',
  ]
  const fates = ['finish', 'finish', 'finish', 'withdraw', 'giveBack'] as const
  const cases: { prepared: PreparedCase; fate: (typeof fates)[number] }[] = []
  for (let n = 0; n < 16; n += 1) {
    const person = await world.someone(pick(scenarios)).catch(() => world.someone('clean'))
    const waived = random() < 0.3 ? { waiver: (amount: number) => Math.floor(amount * random()) } : {}
    cases.push({ prepared: await prepareCase(counter, world, person, waived), fate: pick(fates) })
  }
  await world.control({ targets: { bss: { latencyMs: 60, jitterMs: 60, answerLostRate: 0.1 } } })
  let over = false
  const killing = (async () => {
    while (!over) {
      await wait(400 + random() * 900)
      const index = random() < 0.5 ? 0 : 1
      await processes[index].kill()
      processes[index] = await startServiceProcess(world, url)
    }
  })()
  for (const { prepared, fate } of cases) {
    await send(prepared.jobsBefore)
    const [paymentId] = prepared.order.paymentIds
    if (fate === 'giveBack') {
      if (!paymentId) continue
      const refund = {
        refundId: counter.randomCaseId(),
        caseId: prepared.caseId,
        msisdn: prepared.entry.msisdn,
        paymentId,
        method: 'cash',
        amountFen: prepared.settlement.payableFen,
        receiptNumber: `G-${prepared.caseId.slice(-6)}`,
        reason: '客户不办了',
        paidAt: Date.now(),
      }
      const job = counter.job('refund.pay', refund, { lane: prepared.caseId, staffId: clerk.staffId })
      expect(await send([job])).toEqual(['accepted'])
      expect(await send([job])).toEqual(['accepted'])
      continue
    }
    expect(await send([submitJob(counter, prepared)])).toEqual(['accepted'])
    if (fate !== 'withdraw') continue
    const withdrawal = { orderId: prepared.order.orderId, cancellationReason: '不销了' }
    await send([counter.job('order.withdraw', withdrawal, { lane: prepared.caseId, staffId: clerk.staffId })])
  }
  over = true
  await killing
  counter.moveTo(processes[0].url)
  for (const { prepared, fate } of cases)
    if (fate !== 'giveBack')
      await followOrder(counter, prepared.order.orderId, (view) => isFinal(view.stage) && view.events.length > 1, 90)
  expect(await verifyLedger(look.db)).toEqual([])
  expect(await differencesFromHome(look.db, world)).toEqual([])
  const kinds = await look.db.selectFrom('ledger_posting').select('kind').distinct().execute()
  expect(kinds.length).toBeGreaterThan(5)
})
