import { setTimeout as pause } from 'node:timers/promises'
import { uuidv7 } from 'uuidv7'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { appendChange } from '../../../service/src/changes/append-change.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { TicketView } from '../../../src/shared/protocol/changes.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'
import { type SpoilingLine, startSpoilingLine } from '../../support/spoiling-line.ts'

/** A real counter, a real service on a real PostgreSQL, and a line between them that does what it should not. */
let world: OutsideWorld
let cluster: PostgresCluster
let database: { kind: 'postgres'; url: string }
let service: RunningService
let look: OpenDatabase
let line: SpoilingLine
let counter: Counter
let told: number
/** Number of the newest change before the test tells anything. */
let before: number

const storeId = 'SZ-HQB'
const deviceId = 'SZ-HQB-3'

const start = () =>
  startServiceOn(world, database, {
    publicUrls: [line.url],
    timing: { streamHeartbeatSeconds: 0.4, changesPollMs: 20 },
  } as never)

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
})
afterAll(async () => {
  await cluster?.stop()
  await world?.close()
})
beforeEach(async () => {
  database = { kind: 'postgres', url: await cluster.createDatabase() }
  line = await startSpoilingLine(() => service.url)
  service = await start()
  look = await openDatabase({ ...database, poolSize: 2 })
  told = 0
  const row = await look.db
    .selectFrom('change_cursor')
    .select('last_sequence')
    .where('store_id', '=', storeId)
    .executeTakeFirst()
  before = Number(row?.last_sequence ?? 0)
  counter = await openCounter(line.url)
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
})
afterEach(async () => {
  line.mood = 'well'
  await counter?.close()
  await look?.close()
  await service?.close()
  await line?.close()
})

/** Commits news for the counter's store: a ticket nobody has seen before. */
async function tell(count = 1) {
  for (let index = 0; index < count; index += 1) {
    told += 1
    const at = instant(Date.now())
    const ticket: TicketView = {
      ticketId: uuidv7(),
      kind: 'orderStuck',
      severity: 'waits',
      params: {},
      state: 'open',
      openedAt: at,
    }
    await look.db.transaction().execute((tx) => appendChange(tx, storeId, { at, kind: 'ticket', ticket }))
  }
}
/** Each piece of news is kept under a number of its own, so none is missing and none came as another. */
async function known() {
  const rows = await counter.store.query<{ sequence: number }>('SELECT sequence FROM ticket ORDER BY sequence')
  return rows.map((row) => row.sequence)
}
const everything = () => Array.from({ length: told }, (_, index) => before + index + 1)
const arrived = async () => {
  await until(async () => (await known()).length >= told)
  expect(await known()).toEqual(everything())
}
const streamsAsked = () => line.asked.filter((path) => path.startsWith('/v1/changes/stream'))
const pollsAsked = () => line.asked.filter((path) => path.startsWith('/v1/changes?'))
const ways = () => counter.logged.filter(({ code }) => code === 'sync.way').map(({ params }) => params?.way)
const streaming = () => until(() => line.streams() === 1)

test('news come by one stream as they happen, and nobody asks for them', async () => {
  await streaming()
  await tell()
  await arrived()
  const begun = performance.now()
  await tell()
  await arrived()
  expect(performance.now() - begun).toBeLessThan(1_500)
  await tell(20)
  await arrived()
  expect([streamsAsked().length, pollsAsked().length, line.streams()]).toEqual([1, 0, 1])
  expect((await counter.done('app.view')).connection.state).toBe('online')
})

test('after a cut line and after a restart of the service the stream goes on behind what is known', async () => {
  await streaming()
  await tell(3)
  await arrived()
  line.mood = 'cut'
  line.hangUp()
  await tell(5)
  await until(async () => (await counter.done('app.view')).connection.state === 'offline')
  line.mood = 'well'
  await arrived()
  await service.close()
  await tell(2)
  service = await start()
  await arrived()
  await streaming()
  await tell()
  await arrived()
  // Nothing that was known came once more.
  const cursors = streamsAsked().map((path) => Number(new URL(path, line.url).searchParams.get('after')))
  expect(cursors).toEqual(cursors.toSorted((a, b) => a - b))
  expect(cursors.at(-1)).toBeGreaterThanOrEqual(before + 8)
  expect(pollsAsked()).toEqual([])
})

test('a line that is dead without saying so is noticed by its silence', async () => {
  await streaming()
  await tell()
  await arrived()
  line.mood = 'halfOpen'
  await tell(4)
  // Silence first; then a question that nobody answers either.
  await until(() => pollsAsked().length > 0)
  line.mood = 'well'
  line.hangUp()
  await arrived()
  await streaming()
  await tell()
  await arrived()
})

test('where a proxy gathers answers the counter asks instead, and tries a stream again later', async () => {
  await streaming()
  line.mood = 'gathers'
  line.hangUp()
  await until(() => streamsAsked().length > 1)
  await tell(2)
  // The first word of a stream is waited for longer than `until` waits.
  await pause(6_000)
  await arrived()
  expect(ways()).toEqual(['poll'])
  const streamsBefore = streamsAsked().length
  await tell()
  await arrived()
  line.mood = 'well'
  for (let round = 0; round < 20 && line.streams() === 0; round += 1) {
    await tell()
    await arrived()
    await pause(60)
  }
  await streaming()
  expect(streamsAsked().length).toBe(streamsBefore + 1)
  expect(ways()).toEqual(['poll', 'stream'])
  await tell()
  await arrived()
}, 60_000)

test('where streams break off again and again the counter asks instead', async () => {
  await streaming()
  line.mood = 'breaks'
  line.hangUp()
  await until(() => ways().includes('poll'))
  await tell(2)
  await arrived()
  expect(pollsAsked().length).toBeGreaterThan(0)
})

test('a service that does not know streams is asked as before', async () => {
  await counter.close()
  const before = streamsAsked().length
  counter = await openCounter(line.url, { transport: oldService(line) })
  await counter.done('device.enrol', { enrolmentCode: 'HQB2-5M8R-2ZTC' })
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  await until(() => ways().includes('poll'))
  await tell(3)
  await arrived()
  expect(streamsAsked().length).toBe(before)
})

test('the stream ends with the session and with the device, and the counter knows why', async () => {
  await streaming()
  await counter.done('session.signOut')
  await until(() => line.streams() === 0)
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  await streaming()
  await look.db.updateTable('device').set({ revoked_at: 1 }).where('device_id', '=', deviceId).execute()
  await until(async () => (await counter.done('app.view')).staff === undefined)
  await until(() => line.streams() === 0)
})

/** A transport whose streams are answered as by a service from before there were any. */
function oldService({ url }: SpoilingLine) {
  const real = createFetchTransport(url)
  return {
    ...real,
    follow: async () =>
      ({ ok: true, status: 404, headers: {}, text: '{"error":{"code":"request.notFound"}}' }) as const,
  }
}
