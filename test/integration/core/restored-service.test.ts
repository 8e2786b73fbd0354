import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ServiceConfigInput } from '../../../service/src/settings/service-config.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { acceptCase } from '../../support/core/accept-case.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { preparePgliteFolder } from '../../support/pglite.ts'
import { startPostgres } from '../../support/postgres.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

let world: OutsideWorld
let service: RunningService
let counter: Counter

/** Where the service keeps its data, and how that is backed up and put back. */
interface Place {
  database: ServiceConfigInput['database']
  backUp(): Promise<void>
  restore(): Promise<void>
  end(): Promise<void>
}

let place: Place
const port = async () => Number(new URL(service.url).port)

async function startService(onPort?: number) {
  service = await startServiceOn(world, place.database, onPort ? { port: onPort } : {})
}
/** Stops the service, does something with its files, and starts it again at the same address. */
async function whileStopped(work: () => Promise<void>) {
  const before = await port()
  await service.close()
  await work()
  await startService(before)
}

/** An embedded database is copied while the service stands still. */
async function pglitePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'restored-'))
  const [live, backup] = [join(folder, 'live'), join(folder, 'backup')]
  await preparePgliteFolder(live)
  return {
    database: { kind: 'pglite', folder: live },
    backUp: () => whileStopped(() => cp(live, backup, { recursive: true })),
    restore: () =>
      whileStopped(async () => {
        await rm(live, { recursive: true, force: true })
        await cp(backup, live, { recursive: true })
      }),
    end: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A server is backed up while everybody works. */
async function postgresPlace(): Promise<Place> {
  const cluster = await startPostgres()
  let putBack = async () => {}
  return {
    database: { kind: 'postgres', url: await cluster.createDatabase() },
    async backUp() {
      putBack = await cluster.backUp()
    },
    restore: () => whileStopped(() => putBack()),
    end: () => cluster.stop(),
  }
}
const backUp = () => place.backUp()
const restore = () => place.restore()
const credentials = { staffId: '100217', password: 'counter-trial-217' }
const signIn = () => until(async () => (await counter.call('session.signIn', credentials)).ok)

const jobs = async () => (await counter.done('outbox.list', { includeDone: true })).jobs
const delivered = () => until(async () => (await jobs()).every((job) => job.state === 'done'))
async function completed(caseId: string) {
  await until(async () => {
    const view = await counter.done('case.view', { caseId })
    return view.order?.state === 'completed'
  })
}

describe.each([
  { kind: 'PGlite', open: pglitePlace },
  { kind: 'PostgreSQL', open: postgresPlace },
])('a service on $kind restored from an older backup', ({ open }) => {
  beforeEach(async () => {
    place = await open()
    world = await startOutsideWorld()
    await world.control({ reviewFactor: 0.01 })
    await startService()
    counter = await openCounter(service.url, {
      captureStation: createHttpCaptureStation(world.simulators.urls.capture),
    })
    await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
    await signIn()
  })
  afterEach(async () => {
    await counter?.close()
    await service?.close()
    await world?.close()
    await place?.end()
  })

  test('is told again what it forgot, once, in order', {
    timeout: 240_000,
  }, async () => {
    const kept = await acceptCase(counter, world, 'clean')
    await delivered()
    await completed(kept.caseId)
    await backUp()
    await signIn()
    // Everything of these is newer than the backup: the proof, the pre-check, papers, money and the order itself.
    const forgotten = await acceptCase(counter, world, 'arrears')
    expect(forgotten.due).toBeGreaterThan(0)
    const premium = await acceptCase(counter, world, 'premium')
    await delivered()
    await completed(forgotten.caseId)
    await completed(premium.caseId)
    const before = await jobs()
    const receipts = await counter.store.query('SELECT id, receipt FROM outbox_job ORDER BY sequence')

    await restore()
    await signIn()
    await until(() => counter.logged.some((entry) => entry.code === 'service.restored'))
    await delivered()
    for (const { caseId } of [kept, forgotten, premium]) await completed(caseId)

    const after = await jobs()
    expect(after.map((job) => job.jobId).sort()).toEqual(before.map((job) => job.jobId).sort())
    const renewed = await counter.store.query('SELECT id, receipt FROM outbox_job ORDER BY sequence')
    const changed = renewed.filter((row, index) => row.receipt !== receipts[index]!.receipt)
    // Exactly what the backup did not hold: papers, money and orders of two cases; nothing of the first.
    expect(changed).toHaveLength(renewed.length - 5)
    const audit = await counter.store.query("SELECT details FROM audit WHERE action = 'outbox.reopened'")
    expect(audit.map((row) => JSON.parse(String(row.details)))).toEqual([{ jobs: changed.length }])
    // A second reconciliation finds nothing: both sides count the same.
    expect(await counter.store.get("SELECT value FROM meta WHERE name = 'receiptCount'")).toEqual({
      value: String(renewed.length),
    })
  })

  test('money the service forgot is reported again before anything builds on it', { timeout: 240_000 }, async () => {
    await backUp()
    await signIn()
    const { caseId } = await acceptCase(counter, world, 'arrears')
    await delivered()
    await completed(caseId)
    await restore()
    await signIn()
    // The urge reaches a service that does not know the order: it is not refused, but waits for what was forgotten.
    await counter.call('order.urge', { caseId, reason: 'hurry' })
    await delivered()
    await completed(caseId)
    expect((await jobs()).filter((job) => job.lastError)).toEqual([])
  })
})
