import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import type { Transport } from '../../../src/main/core/ports.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { acceptCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/** A real counter, a clerk at work and a service that is really too busy: what another device has handed in waits and waits. */
let world: OutsideWorld
let cluster: PostgresCluster
let look: OpenDatabase
let service: RunningService
let rusher: CounterClient
let counter: Counter
/** Every delivery of the counter: when it began, when and how it was answered, and what the service asked for. */
const deliveries: { began: number; answered: number; status: number; retryAfterMs: number }[] = []

function watched(transport: Transport): Transport {
  return {
    ...transport,
    async request(request) {
      const began = performance.now()
      const answer = await transport.request(request)
      if (request.path === '/v1/jobs' && answer.ok)
        deliveries.push({
          began,
          answered: performance.now(),
          status: answer.status,
          retryAfterMs: Number(answer.headers['retry-after'] ?? 0) * 1000,
        })
      return answer
    },
  }
}

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0.01, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  service = await startServiceOn(world, { kind: 'postgres', url })
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  rusher = await createCounterClient(service.url)
  await rusher.enrol(enrolment.first)
  await rusher.signIn(clerk.staffId, clerk.password)
  counter = await openCounter(service.url, {
    transport: watched(createFetchTransport(service.url)),
    captureStation: createHttpCaptureStation(world.simulators.urls.capture),
  })
  await counter.done('device.enrol', { enrolmentCode: enrolment.second })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
})
afterAll(async () => {
  await counter?.close()
  await service?.close()
  await look?.close()
  await cluster?.stop()
  await world?.close()
})

/** Sixteen payments of another device, which waits for its row: a crowd that waits too long. */
async function rush() {
  const entry = await world.someone('clean')
  const jobs = Array.from({ length: 16 }, () => {
    const caseId = rusher.randomCaseId()
    const payload = {
      ...{ paymentId: rusher.randomCaseId(), caseId, msisdn: entry.msisdn, carrier: entry.carrier },
      ...{ homeProvince: entry.province, method: 'cash', amountFen: 500, receiptNumber: 'R-1', takenAt: Date.now() },
      allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
    }
    return rusher.job('payment.take', payload, { lane: caseId, staffId: clerk.staffId })
  })
  let letGo = () => {}
  const until = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let done: Promise<unknown> = Promise.resolve()
  await new Promise<void>((held) => {
    done = look.db.transaction().execute(async (tx) => {
      await sql`select 1 from device where device_id = 'SZ-HQB-3' for update`.execute(tx)
      held()
      await until
    })
  })
  const sent = jobs.map((job) => rusher.sendJobs([job]))
  await wait(1_200)
  return async () => {
    letGo()
    await done
    return (await Promise.all(sent)).flat()
  }
}

test('a counter that is sent away keeps to the time it was told while its clerk goes on, and loses nothing', {
  timeout: 60_000,
}, async () => {
  const endRush = await rush()
  const cases = [await acceptCase(counter, world, 'clean')]
  await expect.poll(() => deliveries.some(({ status }) => status === 429), { timeout: 10_000 }).toBe(true)
  // New work while it was told to wait; and in the middle of the next wait some more.
  cases.push(await acceptCase(counter, world, 'arrears'))
  await wait(1_500)
  cases.push(await acceptCase(counter, world, 'clean'))
  expect((await counter.done('app.view')).connection.waitingJobs).toBeGreaterThan(0)
  const rushed = await endRush()
  expect(rushed.map(({ outcome }) => outcome)).toEqual(Array(16).fill('accepted'))
  await expect
    .poll(async () => (await counter.done('app.view')).connection.waitingJobs, { timeout: 30_000, interval: 100 })
    .toBe(0)

  const sentAway = deliveries.filter(({ status }) => status === 429)
  expect(sentAway.length).toBeGreaterThan(0)
  for (const [index, { answered, status, retryAfterMs }] of deliveries.entries()) {
    if (status !== 429) continue
    expect(retryAfterMs).toBeGreaterThanOrEqual(1_000)
    const next = deliveries[index + 1]!
    expect(next.began - answered).toBeGreaterThanOrEqual(retryAfterMs - 20)
  }
  const { rows } = await sql<{ orders: number; jobs: number }>`select
    (select count(*)::int from product_order where case_id = any(${cases.map(({ caseId }) => caseId)}::uuid[])) as orders,
    (select count(*)::int from job where device_id = 'SZ-HQB-2') as jobs`.execute(look.db)
  const [queued] = await counter.store.query("SELECT count(*) AS jobs FROM outbox_job WHERE state = 'done'")
  expect(rows[0]).toEqual({ orders: 3, jobs: queued!.jobs })
})
