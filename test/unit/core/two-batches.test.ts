import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { settledCase, signIn } from '../../support/core/counter-steps.ts'
import { doubleAccount } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

/** Lanes of two jobs each, so that two batches of a hundred are full and a third is begun. */
const lanes = 120

/** Answers, or not, to the first, second … request with jobs, counted from 1. */
let onRequest: (nth: number, jobs: JobEnvelope[]) => Promise<object | 'cut' | undefined>
let requests: { jobs: JobEnvelope[]; arrivedAt: number; leftAt?: number }[]

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const waiting = () => counter.store.query<{ id: string }>("SELECT * FROM outbox_job WHERE state <> 'done'")
const laneOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

beforeEach(async () => {
  service = await startServiceDouble()
  service.state.account = (msisdn) => ({ ...doubleAccount(msisdn), unbilledFen: 1234 })
  counter = await openCounter(service.url)
  await signIn(counter)
  service.state.intercept = (route) => (route === '/v1/jobs' ? 'cut' : undefined)
  await settledCase(counter)
  // The same payment for many other cases, two of each, as after a day without a line.
  await counter.store.transaction(async (tx) => {
    tx.run(
      `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
       SELECT 1 + value, '00000000-0000-7000-9000-' || substr('000000000000' || value, -12),
         '00000000-0000-7000-8000-' || substr('000000000000' || ((value + 1) / 2), -12),
         msisdn, kind, version, payload, staff_id, 'pending', 0, 0, created_at
       FROM outbox_job, json_each(?) WHERE sequence = 1`,
      [JSON.stringify(Array.from({ length: 2 * lanes }, (_, index) => index + 1))],
    )
    tx.run("UPDATE meta SET value = ? WHERE name = 'lastJobSequence'", [String(2 * lanes + 1)])
  })
  requests = []
  onRequest = async () => undefined
  service.state.intercept = async (route, body) => {
    if (route !== '/v1/jobs') return undefined
    const { jobs } = body as { jobs: JobEnvelope[] }
    // Put together before the others were written down: lost like those before it.
    if (requests.length === 0 && jobs.length === 1) return 'cut'
    const request: (typeof requests)[number] = { jobs, arrivedAt: Date.now() }
    requests.push(request)
    const answer = await onRequest(requests.length, request.jobs)
    request.leftAt = Date.now()
    return answer as never
  }
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

async function drained() {
  await until(async () => (await waiting()).length === 0)
  const order = service.accepted.map((job) => job.sequence)
  expect(order).toHaveLength(2 * lanes + 1)
  for (let n = 1; n <= lanes; n += 1) {
    const ofLane = service.accepted.filter((job) => job.lane === laneOf(n)).map((job) => job.sequence)
    expect(ofLane).toEqual([2 * n, 2 * n + 1])
  }
  const kept = await counter.store.get("SELECT count(*) AS n FROM outbox_job WHERE receipt ->> '$.jobId' = id")
  expect(kept).toEqual({ n: 2 * lanes + 1 })
  expect(await counter.store.get("SELECT value FROM meta WHERE name = 'receiptCount'")).toEqual({
    value: String(2 * lanes + 1),
  })
}

describe('two batches on their way', { timeout: 20_000 }, () => {
  test('travel at the same time and never hold jobs of one lane', async () => {
    onRequest = async () => {
      await pause(80)
      return undefined
    }
    await drained()
    const overlaps = requests.flatMap((one, at) =>
      requests.slice(at + 1).flatMap((other) => (other.arrivedAt < one.leftAt! ? [[one, other] as const] : [])),
    )
    expect(overlaps.length).toBeGreaterThan(0)
    for (const [one, other] of overlaps) {
      const lanesOfOne = new Set(one.jobs.map((job) => job.lane))
      expect(other.jobs.filter((job) => lanesOfOne.has(job.lane))).toEqual([])
    }
    expect(counter.logged.filter((line) => line.level === 'error')).toEqual([])
  })

  test('the first is lost: the second counts all the same, the first goes again in its order', async () => {
    let goOn = () => {}
    const seen = new Promise<void>((resolve) => {
      goOn = resolve
    })
    onRequest = async (nth) => {
      if (nth > 2) return seen.then(() => undefined)
      if (nth === 2) return pause(20).then(() => undefined)
      // Cut only after the second has been answered, however slow the machine is.
      await until(() => requests[1]?.leftAt !== undefined)
      await pause(100)
      return 'cut'
    }
    await until(() => requests[1]?.leftAt !== undefined)
    await until(async () => (await waiting()).length === 2 * lanes + 1 - requests[1]!.jobs.length)
    const [first, second] = requests.map(({ jobs }) => jobs.map((job) => job.id))
    expect(await counter.store.query("SELECT id FROM outbox_job WHERE state = 'done' ORDER BY sequence")).toEqual(
      second!.map((id) => ({ id })),
    )
    goOn()
    await drained()
    // It was not sent anew while the second was on its way, and it costs no attempt.
    const again = requests.find((request, at) => at > 1 && request.jobs.some((job) => job.id === first![0]))!
    expect(again.arrivedAt).toBeGreaterThanOrEqual(requests[1]!.leftAt!)
    // The second was answered quickly, so that more may travel together now.
    const both = Math.min(again.jobs.length, first!.length)
    expect(again.jobs.slice(0, both).map((job) => JSON.stringify(job))).toEqual(
      requests[0]!.jobs.slice(0, both).map((job) => JSON.stringify(job)),
    )
    expect(await counter.store.get('SELECT max(attempts) AS attempts FROM outbox_job')).toEqual({ attempts: 1 })
  })

  test('the answer to the first is lost after it was taken in: nothing has a second effect', async () => {
    onRequest = async (nth, jobs) => {
      if (nth !== 1) return undefined
      service.accepted.push(...jobs)
      await pause(100)
      return 'cut'
    }
    await drained()
  })

  test('the first brings nonsense: its jobs cost an attempt and wait, the others do not', async () => {
    onRequest = async (nth) => (nth === 1 ? { status: 500, body: {} } : undefined)
    await drained()
    const twice = await counter.store.query<{ id: string; attempts: number }>(
      'SELECT id, attempts FROM outbox_job WHERE attempts <> 1 ORDER BY sequence',
    )
    expect(twice).toEqual(requests[0]!.jobs.map(({ id }) => ({ id, attempts: 2 })))
  })

  test('a job refused in the first holds its lane, whatever else is on its way', async () => {
    const refused = '00000000-0000-7000-9000-000000000001'
    service.state.refuse.set(refused, { code: 'payment.amountDiffers' })
    await until(async () => (await waiting()).length === 2)
    const held = await counter.store.query('SELECT lane, state FROM outbox_job WHERE state <> ? ORDER BY sequence', [
      'done',
    ])
    expect(held).toEqual([
      { lane: laneOf(1), state: 'needs_attention' },
      { lane: laneOf(1), state: 'pending' },
    ])
    expect(service.accepted.some((job) => job.lane === laneOf(1))).toBe(false)
    service.state.refuse.clear()
    await counter.done('outbox.retry', { jobId: refused })
    await drained()
  })

  test('a busy service is left alone for the longest time it named, and what it took in meanwhile counts', async () => {
    const seconds = [1, 2]
    onRequest = async (nth) => {
      const named = seconds[nth - 1]
      if (named === undefined) return undefined
      await pause(50 * (nth - 1))
      return { status: 429, body: {}, headers: { 'retry-after': String(named) } }
    }
    await until(() => requests.length > 1)
    await drained()
    for (const [nth, named] of seconds.entries()) {
      const told = requests[nth]!.leftAt!
      const tooEarly = requests.filter(({ arrivedAt }) => arrivedAt > told && arrivedAt < told + named * 1000 - 10)
      // Whoever was on the way already could not know.
      expect(tooEarly.filter((request) => request !== requests[1])).toEqual([])
    }
  })

  test('a service that takes no more than a hundred at once is not offered more again', async () => {
    onRequest = async (_, jobs) =>
      jobs.length > 100 ? { status: 400, body: { error: { code: 'request.malformed' } } } : undefined
    await drained()
    expect(requests.filter(({ jobs }) => jobs.length > 100).length).toBeLessThanOrEqual(2)
    // Not taken apart: the one payment at the beginning may travel alone.
    expect(requests.filter(({ jobs }) => jobs.length === 1).length).toBeLessThan(3)
  })
})
