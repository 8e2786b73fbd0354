import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../../service/src/database/open-database.ts'
import { layMissingToRest } from '../../../service/src/renewal/lay-missing.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { AppRenewal } from '../../../src/shared/domain/renewal.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

let world: OutsideWorld
let cluster: PostgresCluster
let databaseUrl: string
const services: ServiceProcess[] = []

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  databaseUrl = await cluster.createDatabase()
  services.push(await startServiceProcess(world, databaseUrl))
})
afterAll(async () => {
  for (const service of services) await service.kill()
  await cluster?.stop()
  await world?.close()
})

const howMany = 450

it('asks every app about every number once, however often two processes are killed in the middle', {
  timeout: 120_000,
}, async () => {
  const counter = await createCounterClient(services[0]!.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  await handIn(counter, prepared)
  await followOrder(counter, prepared.order.orderId, (order) => order.state === 'completed')

  const look = await openDatabase({ kind: 'postgres', url: databaseUrl, poolSize: 2 })
  try {
    // Slow, and its answers are lost now and then, so that kills fall between the platform's effect and our note of it.
    await world.control({ targets: { renewal: { latencyMs: 250, jitterMs: 200, answerLostRate: 0.25 } } })
    const one = await look.db.selectFrom('number_resource').selectAll().executeTakeFirstOrThrow()
    expect(one).toMatchObject({ msisdn: prepared.entry.msisdn, state: 'suspended', renewal: 'resting' })
    await look.db
      .insertInto('number_resource')
      .values(
        Array.from({ length: howMany }, (_, index) => ({
          ...one,
          msisdn: `199${String(index).padStart(8, '0')}`,
          aging_until: '2026-01-01',
        })),
      )
      .execute()
    services.push(await startServiceProcess(world, databaseUrl))
    for (const pause of [900, 1_300, 700, 1_600, 1_100]) {
      await wait(pause)
      const victim = services.shift()!
      await victim.kill()
      services.push(await startServiceProcess(world, databaseUrl))
    }
    await world.control({ targets: { renewal: { latencyMs: 0, jitterMs: 0 } } })
    const open = () =>
      look.db
        .selectFrom('number_resource')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('apps', 'like', '%"submitted"%')
        .executeTakeFirstOrThrow()
    const resting = () =>
      look.db
        .selectFrom('number_resource')
        .select('msisdn')
        .where('renewal', '=', 'resting')
        .where('aging_until', '<', '2026-02-01')
        .execute()
    await expect
      .poll(async () => [(await resting()).length, Number((await open()).count)], { timeout: 60_000, interval: 500 })
      .toEqual([0, 0])

    const { renewals } = await homeBooks(world)
    expect(renewals).toHaveLength(howMany * 82)
    expect(renewals.filter(({ asked }) => asked !== 1)).toEqual([])
    const numbers = await look.db.selectFrom('number_resource').selectAll().where('msisdn', 'like', '199%').execute()
    const batches = await look.db.selectFrom('renewal_batch').selectAll().execute()
    expect(batches.every((batch) => batch.submitted_at !== null)).toBe(true)
    expect(batches.reduce((sum, { request }) => sum + JSON.parse(request).numbers.length, 0)).toBe(howMany)
    for (const number of numbers) {
      const apps = JSON.parse(number.apps) as AppRenewal[]
      expect(apps).toHaveLength(82)
      // Whoever is still in a batch waits for an app that says nothing; the others were released.
      const waits = apps.some(({ state }) => state === 'pushed')
      expect([number.msisdn, number.renewal, number.state]).toEqual(
        waits ? [number.msisdn, 'batched', 'reserved'] : [number.msisdn, 'released', 'available'],
      )
    }
    expect(numbers.some(({ renewal }) => renewal === 'released')).toBe(true)
    // An older build beside this one would have ended the line and known nothing of its number.
    await look.db.deleteFrom('number_resource').where('msisdn', '=', prepared.entry.msisdn).execute()
    const clock = { now: () => instant(Date.now()) }
    expect(await layMissingToRest({ db: look.db, clock }, 3_600_000)).toBe(1)
    expect(await layMissingToRest({ db: look.db, clock }, 3_600_000)).toBe(0)
    // The one whose ninety days are not over was left in peace.
    const still = await look.db
      .selectFrom('number_resource')
      .select('state')
      .where('msisdn', '=', prepared.entry.msisdn)
      .executeTakeFirstOrThrow()
    expect(still.state).toBe('suspended')
  } finally {
    await look.close()
  }
})
