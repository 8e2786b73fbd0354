import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/* Counters that open streams and take nothing of them, out of trouble or of malice: they must not hold connections and memory for ever. */

const token = 'operators-only-4711'
let world: OutsideWorld
let cluster: PostgresCluster
let service: ServiceProcess
let look: OpenDatabase
let counter: CounterClient
const sockets: Socket[] = []

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  service = await startServiceProcess(world, url, {}, { operationToken: token })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  // More than two systems keep for each other on the way: thirty megabytes of news.
  await sql`insert into change_feed (store_id, sequence, at, kind, subject_id, body)
    select 'SZ-HQB', n, 1, 'rules', repeat('f', 64),
      json_build_object('setDigest', repeat('f', 64), 'more', repeat('x', 3000))::text
    from generate_series(1, 10000) n`.execute(look.db)
  await sql`insert into change_cursor (store_id, last_sequence) values ('SZ-HQB', 10000)
    on conflict (store_id) do update set last_sequence = 10000`.execute(look.db)
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await service?.stop()
  await look?.close()
  await cluster?.stop()
  await world?.close()
})

async function metric(name: string): Promise<number> {
  const response = await fetch(new URL('/metrics', service.operatorPage()), {
    headers: { authorization: `Bearer ${token}` },
  })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await response.text())?.[1] ?? 0)
}
const connections = () => metric('counterfoil_connections')

/** Opens a stream and reads what comes first; nothing after it. */
async function openAndIgnore(): Promise<void> {
  const { hostname, port, host } = new URL(service.url)
  const path = '/v1/changes/stream'
  const proof = await counter.proof('GET', path)
  const socket = connect(Number(port), hostname)
  sockets.push(socket)
  socket.on('error', () => {})
  socket.write(`GET ${path}?after=0 HTTP/1.1\r\nhost: ${host}\r\ndpop: ${proof}\r\n\r\n`)
  const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  expect(first.toString()).toContain('200 OK')
  socket.pause()
}

it('whoever takes nothing of a stream is let go of, and so is whoever opens one after the other', async () => {
  const before = await connections()
  for (let times = 0; times < 3; times += 1) {
    await openAndIgnore()
    // Until nothing more fits between here and there, so that each is held by what was written for it.
    await wait(2_000)
  }
  expect(await connections()).toBe(before + 3)
  // Ten seconds until it is clear that nothing is taken, and as long again for the farewell of those that were replaced.
  await expect.poll(connections, { timeout: 25_000, interval: 1_000 }).toBeLessThanOrEqual(before)
  expect(await metric('counterfoil_change_streams')).toBe(0)
})
