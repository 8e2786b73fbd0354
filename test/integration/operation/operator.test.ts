import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { overviewSchema } from '../../../service/src/operation/overview.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { newPglite } from '../../support/pglite.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

const token = 'operators-only-0123456789'
let world: OutsideWorld
let service: RunningService
let counter: CounterClient
let root: string

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  service = await startServiceOn(world, await newPglite(), {
    operation: { port: 0, token },
    timing: { breakerFailures: 3, breakerRestSeconds: 1 },
  })
  root = new URL(service.operatorPage!).origin
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
})
afterAll(async () => {
  await service?.close()
  await world?.close()
})

const allowed = { headers: { authorization: `Bearer ${token}` } }

describe('the operators’ door', () => {
  test.each(['/metrics', '/operator/picture.json'])('%s is closed to whoever lacks the token', async (path) => {
    for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`]) {
      const answer = await fetch(root + path, { headers: { authorization } })
      expect([authorization, answer.status]).toEqual([authorization, 401])
      expect(await answer.text()).not.toContain('orders')
    }
  })

  test('the page carries its token behind the hash only, and a policy that allows nothing from elsewhere', async () => {
    expect(service.operatorPage).toMatch(/\/operator#token=/)
    const answer = await fetch(`${root}/operator`)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await answer.text()).not.toContain(token)
    for (const file of ['operator.css', 'operator.js', 'chart.js', 'fonts/index.css', 'words.json?language=en'])
      expect([file, (await fetch(`${root}/operator/${file}`)).status]).toEqual([file, 200])
    expect((await fetch(`${root}/operator/fonts/..%2f..%2fpackage.json`)).status).toBe(404)
  })

  test('an order is counted where it stands, and no person is in any figure', async () => {
    const one = await prepareCase(counter, world, await world.someone('clean'))
    await counter.sendJobs([...one.jobsBefore, submitJob(counter, one)])
    await followOrder(counter, one.order.orderId, (view) => view.state === 'completed', 40)
    const picture = await (await fetch(`${root}/operator/picture.json`, allowed)).json()
    const overview = overviewSchema.parse(picture.overview)
    const { province, carrier } = one.entry
    expect(overview.orders).toContainEqual({ province, carrier, stage: 'deactivated', count: 1 })
    expect(overview.acceptedPerHour.reduce((sum, { count }) => sum + count, 0)).toBe(1)
    expect(overview.systems.map(({ target }) => target)).toContain(`bss:${carrier}:${province}`)
    const text = await (await fetch(`${root}/metrics`, allowed)).text()
    expect(text).toMatch(/counterfoil_request_seconds_count\{route="\/v1\/jobs",method="POST",status="200"\} [1-9]/)
    expect(text).toMatch(
      /counterfoil_outside_call_seconds_count\{port="bss:C\w+",operation="deactivation",outcome="ok"\} 1/,
    )
    expect(text).toContain(`counterfoil_orders{province="${province}",stage="deactivated"} 1`)
    expect(text).toContain('counterfoil_database_up 1')
    for (const everything of [text, JSON.stringify(picture)])
      for (const personal of [one.entry.msisdn, one.entry.person.name, one.entry.person.identificationId])
        expect(everything).not.toContain(personal)
  })

  test('the longest waiting orders of one province are given although twenty others of the country wait longer', async () => {
    await world.control({ reviewFactor: 1000 })
    const longestOf = async (province?: string) => {
      const answer = await fetch(`${root}/operator/picture.json${province ? `?province=${province}` : ''}`, allowed)
      return overviewSchema.parse(((await answer.json()) as { overview: unknown }).overview).longest
    }
    const handIn = async () => {
      const one = await prepareCase(counter, world, await world.someone('clean'))
      await counter.sendJobs([...one.jobsBefore, submitJob(counter, one)])
      await followOrder(counter, one.order.orderId, (view) => view.stage === 'homeReview', 40)
      return one.entry.province
    }
    const first = await handIn()
    let other = first
    while (other === first) other = await handIn()
    for (const province of [first, other])
      expect(new Set((await longestOf(province)).map((row) => row.province))).toEqual(new Set([province]))
    expect(new Set((await longestOf()).map((row) => row.province))).toEqual(new Set([first, other]))
    const unknown = await fetch(`${root}/operator/picture.json?province=99`, allowed)
    expect(unknown.status).toBe(400)
    await world.control({ reviewFactor: 0 })
  })

  test('a home system that is away is given a rest and asked again afterwards', async () => {
    const entry = await world.someone('clean')
    const target = `bss:${entry.carrier}:${entry.province}`
    await world.control({ targets: { [target]: { down: true } } })
    for (let i = 0; i < 3; i += 1) await counter.queryNumber(entry.msisdn)
    const before = performance.now()
    expect(await counter.queryNumber(entry.msisdn)).toMatchObject({ ok: false, error: { code: 'home.unavailable' } })
    expect(performance.now() - before).toBeLessThan(1_000)
    const text = await (await fetch(`${root}/metrics`, allowed)).text()
    expect(text).toContain(`counterfoil_breaker_state{target="${target}",state="open"} 1`)
    await world.control({ targets: { [target]: null } })
    await expect
      .poll(async () => (await counter.queryNumber(entry.msisdn)).ok, { timeout: 10_000, interval: 200 })
      .toBe(true)
  })
})

test('a service that is closing says so first, answers meanwhile, and lets go of whoever waits', async () => {
  const other = await startServiceOn(world, await newPglite(), { timing: { drainSeconds: 1.5 } })
  const late = await createCounterClient(other.url)
  await late.enrol(enrolment.second)
  const poll = late.changes(0, 25)
  await wait(200)
  expect((await fetch(`${other.url}/health/ready`)).status).toBe(200)
  const closing = other.close()
  const ready = await fetch(`${other.url}/health/ready`)
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'closing' }])
  expect(await poll).toMatchObject({ ok: true, value: { changes: [] } })
  expect(await late.signIn(clerk.staffId, clerk.password)).toMatchObject({ ok: true })
  await closing
  await expect(fetch(`${other.url}/health/live`)).rejects.toThrow()
})
