import { readChanges } from '../../../service/src/changes/read-changes.ts'
import { createIntake } from '../../../service/src/intake/intake.ts'
import { advanceOrder } from '../../../service/src/orders/advance-order.ts'
import { sendQueuedSms } from '../../../service/src/orders/queue-sms.ts'
import { sweepMessages, sweepOrders } from '../../../service/src/orders/sweep.ts'
import { paperKeysOf } from '../../../service/src/papers/paper-keys.ts'
import { reconcileDevice } from '../../../service/src/reconciliation/reconcile-device.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { timingSchema } from '../../../service/src/settings/service-config.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { Reconciliation } from '../../../src/shared/protocol/reconciliation.ts'
import { type Chance, virtualUuid } from './chance.ts'
import type { HomeProvince } from './home-province.ts'
import type { Rules } from './rules.ts'
import type { Scheduler } from './scheduler.ts'
import { databaseOfLife, type ServiceDatabase, type StatementFate } from './service-database.ts'
import type { Trace } from './trace.ts'

/** What a process answers to one request; `died`: the connection breaks. */
export type ServiceAnswer = { status: number; body: unknown } | 'died'

/** One life of one service process: the real intake, change feed and order steps over the shared database. */
export interface ServiceProcess {
  sendJobs(device: Device, batch: { jobs: readonly unknown[]; receipts?: number }): Promise<ServiceAnswer>
  changes(device: Device, after: number, mark: string | undefined): Promise<ServiceAnswer>
  reconcile(device: Device, known: Reconciliation): Promise<ServiceAnswer>
  /** It dies within the statements that come next: after so many, before or after the one it dies at. */
  dieAt(statements: number, when: 'diesBefore' | 'diesAfter'): void
  kill(): void
  readonly alive: boolean
}

export interface ServiceWorld {
  scheduler: Scheduler
  chance: Chance
  trace: Trace
  rules: Rules
  database: ServiceDatabase
  home: HomeProvince
  serviceId: string
  /** Whether the gateway for messages takes any; without it they wait in the database. */
  smsWorks: boolean
  /** Something that should not have happened. */
  unexpected(what: string): void
}

const timing = timingSchema.parse({ reviewPollSeconds: 25 })
/** A connector none of whose operations these worlds should ever use. */
function nobodyAsks(name: string): never {
  return new Proxy({}, { get: () => () => Promise.reject(new Error(`these worlds ask no ${name}`)) }) as never
}
const noWait = Promise.resolve('lives' as const)

/** Starts a process. `died` is called once, when it dies, from inside or outside. */
export function startServiceProcess(name: string, world: ServiceWorld, died: () => void): ServiceProcess {
  const { scheduler, chance, trace, database } = world
  const closing = new AbortController()
  let alive = true
  let dieAfter = Number.POSITIVE_INFINITY
  let dieWhen: 'diesBefore' | 'diesAfter' = 'diesBefore'
  const hangUps = new Set<() => void>()

  const fate: StatementFate = {
    next() {
      dieAfter -= 1
      if (dieAfter <= 0) return Promise.resolve(dieWhen)
      if (!chance.happens(0.02)) return noWait
      return scheduler.sleep(chance.wait(400)).then(() => 'lives')
    },
    died() {
      alive = false
      trace.note(name, 'dies')
      // Long polls of the dead process hang up at the abort; its timers and steps look at `alive`.
      closing.abort()
      for (const hangUp of [...hangUps]) hangUp()
      died()
    },
  }
  const life = databaseOfLife(database, fate)

  function inBackground(what: string, work: () => Promise<unknown>) {
    if (!alive) return
    work().catch((error: Error) => {
      if (!alive) return
      trace.note(name, `${what} failed`, error.message)
      if (!/message not sent/.test(error.message)) world.unexpected(`${what} failed: ${error.message}`)
    })
  }

  const context: ServiceContext = {
    db: life.db,
    clock: { now: () => instant(scheduler.now()) },
    newId: () => virtualUuid(chance, scheduler.now()),
    log: {
      info() {},
      warn() {},
      // Whatever the service calls an error, nothing in these worlds should bring about.
      error: (values, message) => alive && world.unexpected(`${message} ${JSON.stringify(values)}`),
    },
    timing,
    serviceId: world.serviceId,
    segments: world.rules.segments,
    rules: world.rules.book,
    homeBss: world.home.connector,
    sms: {
      async send() {
        await scheduler.sleep(chance.wait(200))
        return { outcome: 'ok', value: { result: 'ok', messageId: 'sent' } as never }
      },
    },
    face: { compare: () => Promise.reject(new Error('these worlds compare no faces')) },
    payment: nobodyAsks('payment provider'),
    renewal: nobodyAsks('renewal platform'),
    renewalPolicy: undefined as never,
    work: {
      // What a rolled back transaction scheduled finds another token and does nothing, as with the real queue.
      async scheduleStep(_tx, { orderId, token }, _homeSystem, delaySeconds) {
        scheduler.after(delaySeconds * 1000 + chance.wait(300), () =>
          inBackground('step', () => advanceOrder(context, orderId, token)),
        )
      },
      async scheduleSms(_tx, { messageId }) {
        if (!world.smsWorks) return
        scheduler.after(chance.wait(500), () => inBackground('message', () => sendQueuedSms(context, messageId)))
      },
      // These worlds pay by cash and end before any number has rested.
      async scheduleFollowUp() {},
    },
    meters: { answered: () => {}, asked: () => {}, streaming: () => {}, connected: () => {}, troubled: () => {} },
    papers: paperKeysOf('simulated', { simulated: '07'.repeat(32) }),
    closing: closing.signal,
  }

  const intake = createIntake(context, { monotonic: () => scheduler.now() })

  function sweep() {
    if (!alive) return
    inBackground('sweep', async () => {
      await sweepOrders(context, timing.stuckAfterSeconds)
      if (world.smsWorks) await sweepMessages(context, 600)
    })
    scheduler.after(timing.sweepSeconds * 1000, sweep)
  }
  scheduler.after(0, () => inBackground('sweep', () => sweepOrders(context, 0)))
  scheduler.after(timing.sweepSeconds * 1000, sweep)

  function answer(work: () => Promise<unknown>): Promise<ServiceAnswer> {
    return new Promise((resolve) => {
      const hangUp = () => resolve('died')
      hangUps.add(hangUp)
      const finish = (value: ServiceAnswer) => {
        hangUps.delete(hangUp)
        if (alive) resolve(value)
      }
      work().then(
        (body) => finish({ status: 'error' in (body as object) ? 422 : 200, body }),
        (error: Error) => {
          if (!alive) return
          trace.note(name, 'throws', error.message)
          world.unexpected(`the intake threw: ${error.message}`)
          finish({ status: 500, body: { error: { code: 'service.internal' } } })
        },
      )
    })
  }

  return {
    sendJobs: (device, { jobs, receipts }) =>
      answer(async () => {
        const taken = await intake.accept({ device, jobs, receipts })
        return taken.ok ? { results: taken.value } : { error: taken.error }
      }),
    reconcile: (device, known) => answer(() => reconcileDevice(context, device, known)),
    changes: ({ storeId, deviceId }, after, mark) =>
      answer(() => readChanges(context, { storeId, deviceId, after, mark, waitSeconds: 0, signal: closing.signal })),
    dieAt(statements, when) {
      dieAfter = statements
      dieWhen = when
    },
    kill: () => life.end(),
    get alive() {
      return alive
    },
  }
}
