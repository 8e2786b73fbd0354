import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { importOrganisation, readOrganisationFile } from '../../../service/src/seed/import-organisation.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { configFor, type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Who is put out is out: whatever is asked next is refused at once, and a counter that asks for nothing and only hears its store's news
 * signs them out within a minute. The waiting times of the feed are those of the product.
 */
const minute = { timeout: 60_000, interval: 250 }
const clerk = { staffId: '100217', password: 'counter-trial-217' }
const colleague = { staffId: '100131', password: 'counter-trial-131' }

let world: OutsideWorld
let cluster: PostgresCluster
let database: { kind: 'postgres'; url: string; poolSize: number }
let service: RunningService
let look: OpenDatabase
let counter: Counter | undefined

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  database = { kind: 'postgres', url: await cluster.createDatabase(), poolSize: 5 }
  service = await startServiceOn(world, database)
  look = await openDatabase({ ...database, poolSize: 2 })
})
afterAll(async () => {
  await look?.close()
  await service?.close()
  await cluster?.stop()
  await world?.close()
})
afterEach(async () => {
  await counter?.close()
  counter = undefined
  await organisation(() => {})
})

type Organisation = Awaited<ReturnType<typeof readOrganisationFile>>
type Store = Organisation['stores'][number]

/** What an administrator does: the file says otherwise and is imported, by whichever process. */
async function organisation(change: (store: Store) => void) {
  const file = await readOrganisationFile(configFor(world.simulators, database).files.organisation!)
  change(file.stores[0]!)
  await importOrganisation(look.db, { now: () => instant(Date.now()) }, file)
}
const putOut = (staffId: string) =>
  organisation((store) => {
    store.staff.find((one) => one.staffId === staffId)!.active = false
  })
const revoke = (deviceId: string) =>
  organisation((store) => {
    store.devices.find((one) => one.deviceId === deviceId)!.revoked = true
  })

async function running(enrolmentCode: string, way: 'stream' | 'poll' = 'stream'): Promise<Counter> {
  const real = createFetchTransport(service.url)
  const follow = async () =>
    ({ ok: true, status: 404, headers: {}, text: '{"error":{"code":"request.notFound"}}' }) as const
  counter = await openCounter(service.url, way === 'poll' ? { transport: { ...real, follow } } : {})
  await counter.done('device.enrol', { enrolmentCode })
  await counter.done('session.signIn', clerk)
  const took = () => counter!.logged.some(({ code, params }) => code === 'sync.way' && params?.way === way)
  if (way === 'poll') await expect.poll(took, minute).toBe(true)
  return counter
}
const signedIn = async () => (await counter!.done('app.view')).staff?.staffId

test('a person put out is refused at once, and signed out of a counter that streams its news', async () => {
  await running('HQB3-7K2M-9QXT')
  const other = await createCounterClient(service.url)
  await other.enrol('HQB2-5M8R-2ZTC')
  await other.signIn(clerk.staffId, clerk.password)
  expect(await other.queryNumber('13800138000')).not.toMatchObject({ status: 401 })
  await putOut(clerk.staffId)
  expect(await other.queryNumber('13800138000')).toMatchObject({ status: 401, error: { code: 'auth.required' } })
  expect(await other.signIn(clerk.staffId, clerk.password)).toMatchObject({ error: { code: 'auth.credentials' } })
  await expect.poll(signedIn, minute).toBeUndefined()
  // The device is still one of ours: a colleague works on.
  await counter!.done('session.signIn', colleague)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(await signedIn()).toBe(colleague.staffId)
}, 100_000)

test('so they are where the news have to be asked for', async () => {
  await running('HQB1-4T7Q-9KXM', 'poll')
  await putOut(clerk.staffId)
  await expect.poll(signedIn, minute).toBeUndefined()
}, 150_000)

test('a session that was ended from outside ends at the counter, and the next one of the same person stays', async () => {
  await running('HQB1-C2PN-6WRD')
  await look.db.updateTable('staff_session').set({ revoked_at: 1 }).where('revoked_at', 'is', null).execute()
  await expect.poll(signedIn, minute).toBeUndefined()
  await counter!.done('session.signIn', clerk)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(await signedIn()).toBe(clerk.staffId)
}, 100_000)

test('a revoked device is refused at once, and its counter knows within a minute', async () => {
  const device = await createCounterClient(service.url)
  await device.enrol('CXL1-2H6K-8MNQ')
  expect((await device.changes(0)).ok).toBe(true)
  await look.db.updateTable('device').set({ revoked_at: 1 }).where('device_id', '=', 'CD-CXL-1').execute()
  expect(await device.changes(0)).toMatchObject({ error: { code: 'auth.deviceUnknown' } })
  await look.db.updateTable('device').set({ revoked_at: null }).where('device_id', '=', 'CD-CXL-1').execute()
  await running('HQB3-4FWN-8RCD')
  const { deviceId } = (await counter!.done('app.view')).device!
  await revoke(deviceId)
  await expect.poll(signedIn, minute).toBeUndefined()
  expect(await counter!.call('session.signIn', clerk)).toMatchObject({ ok: false })
}, 150_000)
