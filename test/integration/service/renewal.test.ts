import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import type { RenewalSettings } from '../../../src/shared/domain/renewal.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { RenewalView } from '../../../src/shared/protocol/renewal.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { homeBooks } from '../../support/home-books.ts'
import { enrolment, onBothDatabases } from '../../support/service-suite.ts'
import { configFor, startServiceOn } from '../../support/service-world.ts'

const dayMs = 86_400_000
type Known = Extract<RenewalView, { known: true }>

onBothDatabases('numbers between two holders', (suite) => {
  let days = 0
  const now = () => (Date.now() + days * dayMs) as Instant
  let reader: CounterClient
  const numbers: string[] = []

  beforeAll(async () => {
    const { world, database, counter } = suite()
    await suite().service.close()
    suite().service = await startServiceOn(world, database, {}, { clock: { now } })
    counter.moveTo(suite().service.url)
    reader = await createCounterClient(suite().service.url, { now })
    await reader.enrol(enrolment.second)
    for (let index = 0; index < 3; index += 1) {
      const prepared = await prepareCase(counter, world, await world.someone('clean'))
      await handIn(counter, prepared)
      await followOrder(counter, prepared.order.orderId, (one: OrderView) => one.state === 'completed')
      numbers.push(prepared.entry.msisdn)
    }
  })
  afterAll(() => {
    days = 0
  })

  async function read(msisdn: string): Promise<Known> {
    const answer = await reader.call<RenewalView>('GET', `/v1/numbers/${msisdn}/renewal`)
    if (!answer.ok || !answer.value.known) throw new Error(`nothing known: ${JSON.stringify(answer)}`)
    return answer.value
  }
  /** Lets days pass, and waits until every number is as wanted. */
  async function after(more: number, wanted: (number: Known) => boolean): Promise<Known[]> {
    days += more
    await reader.signIn(clerk.staffId, clerk.password)
    const until = Date.now() + 25_000
    for (;;) {
      const views = await Promise.all(numbers.map(read))
      if (views.every(wanted)) return views
      if (Date.now() > until)
        throw new Error(`not as wanted: ${JSON.stringify(views.map(({ apps: _, ...rest }) => rest))}`)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }

  it('rest for ninety days, and nobody is asked before', async () => {
    for (const view of await after(0, ({ state }) => state === 'suspended'))
      expect(view).toMatchObject({ status: 'resting', held: false, apps: [] })
    await after(89, ({ state }) => state === 'suspended')
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    await after(0, ({ state }) => state === 'suspended')
    expect((await homeBooks(suite().world)).renewals).toEqual([])
    const unknown = await reader.call<RenewalView>('GET', '/v1/numbers/13800138000/renewal')
    expect(unknown).toEqual({ ok: true, value: { known: false, msisdn: '13800138000' } })
    expect(await reader.call('GET', '/v1/numbers/123/renewal')).toMatchObject({ error: { code: 'number.malformed' } })
  })

  it('are pushed to every app when the rest is over, and each app is followed for itself', async () => {
    const views = await after(2, ({ apps }) => apps.some(({ state }) => state === 'accepted'))
    for (const view of views) {
      expect(view.state).not.toBe('suspended')
      expect(view.apps).toHaveLength(82)
      expect(view.apps.find(({ app }) => app === 'icbc')).toMatchObject({ state: 'notCovered', round: 1 })
      for (const app of view.apps) if (app.state === 'refused') expect(app.reason).toBeTruthy()
    }
  })

  it('are asked again where nobody answered, as often as the policy says, then released with their status', async () => {
    const asked = (times: number) => (number: Known) =>
      number.state === 'available' || number.apps.some(({ round, state }) => round === times && state !== 'submitted')
    await after(9, asked(2))
    await after(9, asked(3))
    const views = await after(9, ({ state }) => state === 'available')
    for (const view of views) {
      expect(view).toMatchObject({ release: 'disclosed', held: false })
      expect(view.releasedAt).toBeGreaterThan(Date.now())
      for (const { state, round, reason } of view.apps) {
        expect(['accepted', 'refused', 'notCovered', 'noFeedback']).toContain(state)
        if (state === 'noFeedback') expect(round).toBe(3)
        if (reason === 'APP_BANNED_ACCOUNT') expect(round).toBe(1)
      }
    }
    const { renewals } = await homeBooks(suite().world)
    expect(renewals).toHaveLength(3 * 82)
    const rounds = new Map(
      views.flatMap(({ msisdn, apps }) => apps.map(({ app, round }) => [`${msisdn} ${app}`, round])),
    )
    for (const { msisdn, app, asked } of renewals)
      expect([msisdn, app, asked]).toEqual([msisdn, app, rounds.get(`${msisdn} ${app}`)])
    // Some apps were silent at first and answered when they were asked again.
    expect(renewals.some(({ asked }) => asked > 1)).toBe(true)
  })

  it('are held where only clean ones may go, and let go when the policy becomes milder', async () => {
    const { world, database, counter } = suite()
    const { files } = configFor(world.simulators, database)
    const settings = JSON.parse(await readFile(files.renewal, 'utf8')) as RenewalSettings
    settings.policy.release.when = 'allClean'
    settings.policy.resubmit.rounds = 1
    const folder = await mkdtemp(join(tmpdir(), 'counterfoil-renewal-'))
    const strict = join(folder, 'strict.json')
    await writeFile(strict, JSON.stringify(settings))
    const restart = async (renewal: string) => {
      await suite().service.close()
      suite().service = await startServiceOn(world, database, { files: { ...files, renewal } }, { clock: { now } })
      counter.moveTo(suite().service.url)
      reader.moveTo(suite().service.url)
    }
    days = 0
    await restart(strict)
    const prepared = await prepareCase(counter, world, await world.someone('clean'))
    await handIn(counter, prepared)
    await followOrder(counter, prepared.order.orderId, (one: OrderView) => one.state === 'completed')
    numbers.splice(0, numbers.length, prepared.entry.msisdn)
    await after(92, ({ apps }) => apps.some(({ state }) => state === 'accepted'))
    const [held] = await after(9, (view) => view.held)
    expect(held).toMatchObject({ state: 'reserved', status: 'partlyDone' })
    expect(held!.release).toBeUndefined()
    await restart(files.renewal)
    const [free] = await after(0, ({ state }) => state === 'available')
    expect(free).toMatchObject({ release: 'disclosed', held: false })
    await rm(folder, { recursive: true })
  })

  it('that somebody has again are left alone, and said to be', async (context) => {
    const { look, world } = suite()
    // PGlite lets nobody look from outside; what the platform refuses is the same there.
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can reach in')
    const { msisdn } = await world.someone('clean')
    const one = await look.db.selectFrom('number_resource').selectAll().limit(1).executeTakeFirstOrThrow()
    await look.db
      .insertInto('number_resource')
      .values({
        ...one,
        msisdn,
        state: 'suspended',
        renewal: 'resting',
        apps: '[]',
        release: null,
        released_at: null,
        aging_until: '2026-01-01',
      })
      .execute()
    numbers.splice(0, numbers.length, msisdn)
    const [view] = await after(0, ({ status }) => status === 'notEligible')
    expect(view).toMatchObject({ notEligibleFor: 'NUMBER_IN_USE', apps: [], state: 'reserved', held: true })
    expect((await homeBooks(world)).renewals.filter((asked) => asked.msisdn === msisdn)).toEqual([])
  })
})
