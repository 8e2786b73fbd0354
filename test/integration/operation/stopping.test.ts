import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations } from '../../../service/src/database/migrate.ts'
import { followStream } from '../../support/change-stream.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/* How processes end and begin: in the middle of everything, told twice, while the schema is changed, before the database has recovered. */

let world: OutsideWorld
let cluster: PostgresCluster
const sockets: Socket[] = []

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await cluster?.stop()
  await world?.close()
})

/** An upload whose sender falls silent in the middle of a part. */
async function halfPart(url: string, path: string, proof: string): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  sockets.push(socket)
  socket.on('error', () => {})
  socket.write(
    `PATCH ${path}?offset=0 HTTP/1.1\r\nhost: ${host}\r\ndpop: ${proof}\r\ncontent-length: 4000\r\n` +
      'content-type: application/offset+octet-stream\r\n\r\n' +
      'x'.repeat(1000),
  )
  await new Promise((resolve) => socket.once('connect', resolve))
}

test('told to end, twice, in the middle of everything, a process finishes what is under way, tells its streams, and ends in order', async () => {
  const databaseUrl = await cluster.createDatabase()
  const first = await startServiceProcess(world, databaseUrl)
  const counter = await createCounterClient(first.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  // Each step outside takes a second: one is under way when the process is told.
  await world.control({ targets: { bss: { latencyMs: 1_000, jitterMs: 0 } } })
  const stream = await followStream(counter, { at: first.url })
  const attachmentId = counter.randomCaseId()
  const announced = { attachmentId, mediaType: 'image/png', sha256: 'a'.repeat(64), bytes: 4_000 }
  expect((await counter.request('POST', '/v1/uploads', announced)).status).toBe(200)
  const path = `/v1/uploads/${attachmentId}`
  await halfPart(first.url, path, await counter.proof('PATCH', path))
  const poll = counter.changes(1_000_000, 30).catch(() => undefined)
  const { hostname, port } = new URL(first.url)
  sockets.push(connect(Number(port), hostname).on('error', () => {}))
  await counter.sendJobs([...prepared.jobsBefore, submitJob(counter, prepared)])
  await wait(300)

  const begun = performance.now()
  const ended = first.stop()
  await wait(200)
  process.kill(first.pid, 'SIGTERM')
  expect(await ended).toBe(0)
  expect(performance.now() - begun).toBeLessThan(15_000)
  await stream.ended
  expect(stream.events.at(-1)).toMatchObject({ event: 'end', reason: 'closing' })
  await poll

  await world.control({ targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  const second = await startServiceProcess(world, databaseUrl)
  counter.moveTo(second.url)
  const state = await counter.call('GET', path)
  expect(state).toMatchObject({ ok: true, value: { offset: 0, complete: false } })
  const order = await followOrder(counter, prepared.order.orderId, (one) => one.state === 'completed', 40)
  const codes = order.events.map(({ code }) => code)
  expect(codes.filter((code) => code === 'deactivated')).toHaveLength(1)
  expect(await second.stop()).toBe(0)
})

/** A database that nobody has made tables in yet, and a connection to it. */
async function emptyDatabase(): Promise<{ url: string; look: pg.Client }> {
  const made = new URL(await cluster.createDatabase())
  const admin = new pg.Client({ connectionString: made.href })
  await admin.connect()
  await admin.query('create database empty_one')
  await admin.end()
  made.pathname = '/empty_one'
  const look = new pg.Client({ connectionString: made.href })
  await look.connect()
  return { url: made.href, look }
}

test('ended while it changes the schema, a process leaves whole migrations, and the next one goes on from there', async () => {
  const { url, look } = await emptyDatabase()
  const all = Object.keys(migrations)
  const done = async () => {
    const { rows } = await look.query('select name from kysely_migration order by name').catch(() => ({ rows: [] }))
    return rows.map(({ name }) => name as string)
  }
  let pid = 0
  const said = startServiceProcess(world, url, {}, { spawned: (one) => (pid = one) }).catch((error: Error) => error)
  while ((await done()).length < 1) await wait(2)
  // The last one changes this table first of all: it waits, and the process is surely in the middle of it.
  await look.query('begin')
  await look.query('lock table lockout in access share mode')
  while ((await done()).length < all.length - 1) await wait(20)
  await wait(300)
  process.kill(pid, 'SIGTERM')
  expect(await said).toBeInstanceOf(Error)
  expect(await done()).toEqual(all.slice(0, -1))
  await look.query('commit')
  const next = await startServiceProcess(world, url)
  expect(await done()).toEqual(all)
  const counter = await createCounterClient(next.url)
  expect((await counter.enrol(enrolment.first)).ok).toBe(true)
  await look.end()
  expect(await next.stop()).toBe(0)
})

/** What a server says to whoever connects while it recovers: an error message of the protocol (PostgreSQL, 55.7), and nothing more. */
function startingUp(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.alloc(5, 'E')
  head.writeInt32BE(fields.byteLength + 4, 1)
  return Buffer.concat([head, fields])
}

test('begun before the database has recovered, a process waits for it; one that is not there at all is said at once', async () => {
  const real = new URL(await cluster.createDatabase())
  let asked = 0
  const door = createServer((near) => {
    asked += 1
    near.on('error', () => {})
    if (asked <= 4) return void near.once('data', () => near.end(startingUp()))
    const far = connect(Number(real.port), '127.0.0.1')
    far.on('error', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const url = new URL(real)
  url.port = String((door.address() as { port: number }).port)
  const service = await startServiceProcess(world, url.href)
  expect(asked).toBeGreaterThan(4)
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
  expect(await service.stop()).toBe(0)
  await new Promise((resolve) => door.close(resolve))
  const begun = performance.now()
  await expect(startServiceProcess(world, url.href)).rejects.toThrow('did not start')
  expect(performance.now() - begun).toBeLessThan(8_000)
})
