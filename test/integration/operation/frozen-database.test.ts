import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { type FreezingCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/*
 * A PostgreSQL that accepts connections and never answers, for real: every process of it is stopped where it stands. With the limits of earnest,
 * by which a silent connection is given up after a minute; whoever asks how the service is hears it long before.
 */

let world: OutsideWorld
let cluster: FreezingCluster
let service: ServiceProcess

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  service = await startServiceProcess(
    world,
    await cluster.createDatabase(),
    {},
    { operationToken: 'operators-only-4711' },
  )
})
afterAll(async () => {
  await cluster?.thaw().catch(() => undefined)
  await service?.stop()
  await cluster?.stop()
  await world?.close()
})

async function timed<T>(ask: () => Promise<T>): Promise<T & { seconds: number }> {
  const begun = performance.now()
  const answer = await ask()
  return { ...answer, seconds: (performance.now() - begun) / 1000 }
}

const readiness = () =>
  timed(async () => {
    const response = await fetch(`${service.url}/health/ready`)
    return { code: response.status, status: ((await response.json()) as { status: string }).status }
  })

const operators = (path: string) =>
  timed(async () => {
    const url = new URL(path, service.operatorPage())
    const response = await fetch(url, { headers: { authorization: 'Bearer operators-only-4711' } })
    const up = /^counterfoil_database_up (\d)/m.exec(await response.text())?.[1]
    return { code: response.status, up }
  })

test('readiness, metrics and the operators’ page say so in time, however often they are asked, and all is well again by itself', async () => {
  expect(await readiness()).toMatchObject({ code: 200, status: 'ready' })
  expect(await operators('/metrics')).toMatchObject({ code: 200, up: '1' })
  const counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  await cluster.freeze()
  // More than the process has connections: those that ask later wait for one as well.
  const asked = await Promise.all(Array.from({ length: 15 }, readiness))
  for (const one of [...asked, await readiness()]) {
    expect(one).toMatchObject({ code: 503, status: 'database unavailable' })
    expect(one.seconds).toBeGreaterThan(1.5)
    expect(one.seconds).toBeLessThan(3)
  }
  const metrics = await operators('/metrics')
  expect(metrics).toMatchObject({ code: 200, up: '0' })
  expect(metrics.seconds).toBeLessThan(7)
  const picture = await operators('/operator/picture.json')
  expect(picture.code).toBe(503)
  expect(picture.seconds).toBeLessThan(7)
  const live = await timed(() => fetch(`${service.url}/health/live`))
  expect(live.seconds).toBeLessThan(1)
  await cluster.thaw()
  await expect.poll(readiness, { timeout: 15_000 }).toMatchObject({ code: 200, status: 'ready' })
  await expect.poll(() => operators('/metrics'), { timeout: 15_000 }).toMatchObject({ code: 200, up: '1' })
  expect((await counter.signIn(clerk.staffId, clerk.password)).ok).toBe(true)
})

test('a process whose database has frozen ends in order and in time when it is told to', async () => {
  await cluster.freeze()
  // A sweep and a look at the queue come upon it.
  await wait(2_000)
  const begun = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - begun).toBeLessThan(40_000)
})
