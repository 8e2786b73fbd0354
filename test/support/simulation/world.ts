import { seal } from '../../../service/src/reconciliation/seals.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import { type Chance, chanceOf } from './chance.ts'
import { type Clerk, createClerk } from './clerk.ts'
import { type Counter, createCounter } from './counter.ts'
import { drawDraft } from './draft.ts'
import { createFront, type FrontRecord } from './front.ts'
import { drawHabits, type Habits, usualHabits } from './habits.ts'
import { createHomeProvince, type HomeProvince } from './home-province.ts'
import { createLine } from './network.ts'
import { type Rules, remoteSegments } from './rules.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import type { ServiceDatabase } from './service-database.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import { createTrace, type Trace } from './trace.ts'

/** Everything of one seed: counters with their clerks, service processes, the home province, and what they stand on. */
export interface World {
  seed: number
  /** A long day with much to do. Most are short: there is more to see in many days than in many papers. */
  full: boolean
  scheduler: Scheduler
  chance: Chance
  trace: Trace
  database: ServiceDatabase
  home: HomeProvince
  front: FrontRecord
  counters: { counter: Counter; clerk: Clerk; habits: Habits }[]
  processes(): readonly ServiceProcess[]
  serviceAway(milliseconds: number): void
  /** Stops every process of the service; none starts before so many milliseconds are over. */
  closeService(milliseconds: number): void
  /** What should not have happened so far. */
  wrong: string[]
  /** Runs `work` inside virtual time until it is finished. */
  during<T>(work: () => Promise<T>): Promise<T>
}

/** Rules that hold on this day exist in the product's rule pack. */
export const worldStart = Date.UTC(2026, 7, 10, 2, 0, 0)
const storeId = 'SZ-HQB'
const province = '44'

async function fillOrganisation(database: ServiceDatabase, devices: readonly Device[], staff: readonly Staff[]) {
  await database.rows('insert into service_identity values (true, $1, $2)', ['simulated-service', '5a'.repeat(32)])
  await database.rows('insert into store values ($1, $2, $3, true)', [storeId, 'Store', province])
  for (const { deviceId, deviceName } of devices)
    await database.rows('insert into device (device_id, name, store_id) values ($1, $2, $3)', [
      deviceId,
      deviceName,
      storeId,
    ])
  for (const person of staff)
    await database.rows('insert into staff values ($1, $2, $3, $4, $5, true)', [
      person.staffId,
      person.name,
      person.role,
      storeId,
      'none',
    ])
}

/** Builds the world of a seed on an empty database. Nothing has started yet. `usualBatches`: no counter sends less at a time than shops do. */
export async function buildWorld(
  seed: number,
  rules: Rules,
  database: ServiceDatabase,
  usualBatches: boolean,
): Promise<World> {
  const chance = chanceOf(`world ${seed}`)
  const scheduler = createScheduler(worldStart)
  const trace = createTrace(scheduler.now, worldStart)
  const wrong: string[] = []
  const unexpected = (what: string) => {
    if (!wrong.includes(what)) wrong.push(what)
    trace.note('judge', 'unexpected', what)
  }
  await database.empty()
  const serviceId = 'simulated-service'
  const home = createHomeProvince(scheduler, chance.branch('home'), trace, async (orderId) => {
    const [row] = await database.rows<{ account: string }>(
      `select account from pre_check p join product_order o on p.pre_check_id = (o.submission::json ->> 'preCheckId')::uuid
       where o.order_id = $1`,
      [orderId],
    )
    const payments = await database.rows<{ allocations: string }>(
      'select allocations from payment where order_id = $1 and posted_at is not null',
      [orderId],
    )
    return { account: JSON.parse(row!.account), paid: payments.flatMap((one) => JSON.parse(one.allocations)) }
  })
  const slots: (ServiceProcess | undefined)[] = []
  let awayUntil = 0
  let closedUntil = 0
  const processCount = chance.happens(0.3) ? 2 : 1
  const smsWorks = chance.happens(0.15)

  function startProcess(slot: number) {
    const closedMs = closedUntil - scheduler.now()
    if (closedMs > 0) {
      scheduler.after(closedMs, () => startProcess(slot))
      return
    }
    const name = `service-${slot + 1}`
    trace.note(name, 'starts')
    const own = chance.branch(`process ${slot} at ${scheduler.now()}`)
    slots[slot] = startServiceProcess(
      name,
      { scheduler, chance: own, trace, rules, database, home, serviceId, smsWorks, unexpected },
      () => {
        const pause = Math.max(awayUntil - scheduler.now(), 0) + own.wait(4_000)
        scheduler.after(pause, () => startProcess(slot))
      },
    )
  }
  for (let slot = 0; slot < processCount; slot += 1) scheduler.after(0, () => startProcess(slot))

  const processes = () => slots.filter((slot) => slot !== undefined)
  const front = createFront({
    scheduler,
    chance: chance.branch('front'),
    trace,
    processes,
    writes: () => database.writes,
    unexpected,
  })
  const counters = Array.from({ length: chance.happens(0.3) ? 3 : 2 }, (_, index) => {
    const name = `counter-${index + 1}`
    const device: Device = {
      deviceId: name,
      deviceName: name,
      storeId,
      storeName: 'Store',
      handlingProvince: province,
      serviceId,
    }
    const staff: Staff = { staffId: `10000${index}`, name: '林晓雯', role: 'clerk', storeId }
    const own = chance.branch(name)
    const habits = usualBatches ? usualHabits : drawHabits(own.branch('habits'))
    const { jobsTogether, rush, slowness } = habits
    const line = createLine(name, {
      scheduler,
      slowness,
      chance: chance.branch(`${name} line`),
      trace,
      farEnd: front.farEnd(device, staff),
    })
    if (jobsTogether) trace.note(name, 'sends few at a time', jobsTogether.first, rush, slowness)
    const counter = createCounter(
      { device, staff, line, jobsTogether },
      { scheduler, chance: own, trace, rules, unexpected },
    )
    const clerk = createClerk(counter, { scheduler, chance: chance.branch(`${name} clerk`), trace, unexpected })
    return { counter, clerk, habits }
  })
  await fillOrganisation(
    database,
    counters.map(({ counter }) => counter.device),
    counters.map(({ counter }) => counter.staff),
  )

  return {
    seed,
    full: chance.branch('size').happens(0.1),
    scheduler,
    chance,
    trace,
    database,
    home,
    front,
    counters,
    processes,
    serviceAway(milliseconds) {
      awayUntil = scheduler.now() + milliseconds
    },
    closeService(milliseconds) {
      closedUntil = scheduler.now() + milliseconds
      for (const process of processes()) process.kill()
    },
    wrong,
    async during<T>(work: () => Promise<T>): Promise<T> {
      let outcome = undefined as { value: T } | { error: unknown } | undefined
      scheduler.after(0, () => {
        work().then(
          (value) => {
            outcome = { value }
          },
          (error: unknown) => {
            outcome = { error }
          },
        )
      })
      for (let slices = 0; outcome === undefined; slices += 1) {
        if (slices > 20_000) throw new Error('the world does not come to an end')
        await scheduler.runUntil(scheduler.now() + 50)
      }
      if ('error' in outcome) throw outcome.error
      return outcome.value
    },
  }
}

/** Cases come in over the day: each is proved and pre-checked at the service, and then the clerk's. */
export function openForBusiness(world: World, rules: Rules, dayMs: number): Promise<unknown> {
  const { scheduler, chance, database } = world
  const segments = remoteSegments(rules, province)
  const shared = chance.happens(0.1)
  const numbers: string[] = []
  const drawNumber = () => {
    const earlier = shared && numbers.length > 0 && chance.happens(0.4) ? chance.pick(numbers) : undefined
    const number = earlier ?? chance.pick(segments) + String(numbers.length).padStart(4, '0')
    numbers.push(number)
    return number
  }

  async function one(counter: Counter, clerk: Clerk, own: Chance, index: number, msisdn: string, after: number) {
    await scheduler.sleep(after)
    const now = scheduler.now()
    const draft = drawDraft(own, rules, {
      msisdn,
      caseNumber: `${counter.name}-${index}`,
      staff: counter.staff,
      serviceNow: now,
      counterNow: counter.now(),
      thick: world.full,
    })
    const { proof, document, preCheck } = draft.case
    const { carrier, homeProvince } = preCheck!.account.number
    const { db } = database
    const proofRow = {
      proof_id: proof!.proofId,
      case_id: draft.case.caseId,
      device_id: counter.name,
      staff_id: counter.staff.staffId,
      msisdn,
      carrier,
      home_province: homeProvince,
      document: JSON.stringify(document),
      asker: 'holder' as const,
      second_document: null,
      holder_name: proof!.holderName,
      methods: JSON.stringify(proof!.methods),
      face: JSON.stringify(proof!.face),
      proved_at: proof!.provedAt,
      expires_at: proof!.expiresAt,
      entry: 'reader',
    }
    const preCheckRow = {
      pre_check_id: preCheck!.preCheckId,
      case_id: draft.case.caseId,
      device_id: counter.name,
      proof_id: proof!.proofId,
      msisdn,
      account: JSON.stringify(preCheck!.account),
      blockers: '[]',
      checked_at: now,
    }
    await db.insertInto('identity_proof').values(proofRow).execute()
    await db.insertInto('pre_check').values(preCheckRow).execute()
    // As the service gives them to the counter, so that it can bring them back to a service that forgot.
    Object.assign(proof!, await seal(db, 'identity_proof', proofRow))
    Object.assign(preCheck!, await seal(db, 'pre_check', preCheckRow))
    await clerk.work(draft)
  }

  return Promise.all(
    world.counters.flatMap(({ counter, clerk, habits: { rush } }) => {
      let first: number | undefined
      return Array.from({ length: world.full ? 2 : chance.pick([1, 1, 2]) }, (_, index) => {
        const own = chance.branch(`${counter.name} case ${index}`)
        const number = drawNumber()
        const drawn = chance.wait(dayMs / 6)
        first ??= drawn
        return one(counter, clerk, own, index + 1, number, rush ? first : drawn)
      })
    }),
  )
}
