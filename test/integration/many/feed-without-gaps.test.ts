import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readAfter } from '../../../service/src/changes/read-changes.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { followStream } from '../../support/change-stream.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/**
 * Transactions of several processes end in any order; whoever follows a store's feed from number to number must see each one, in order.
 * Writers and services are processes of their own on one real PostgreSQL.
 */
const stores = ['SZ-HQB', 'CD-CXL']
const run = promisify(execFile)
const writer = fileURLToPath(new URL('../../support/feed-writer.ts', import.meta.url))

let world: OutsideWorld
let cluster: PostgresCluster
let url: string
let processes: ServiceProcess[]
let look: OpenDatabase
let counter: CounterClient

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  url = await cluster.createDatabase()
  processes = [await startServiceProcess(world, url), await startServiceProcess(world, url)]
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  counter = await createCounterClient(processes[0]!.url)
  await counter.enrol(enrolment.first)
})
afterAll(async () => {
  for (const process of processes ?? []) await process.kill()
  await look?.close()
  await cluster?.stop()
  await world?.close()
})

/** Three writing processes with seeds of their own; how many changes of each store were committed. */
async function write(seed: number, kind: 'product' | 'early', each: number): Promise<Record<string, number>> {
  const done = await Promise.all(
    [0, 1, 2].map((nth) =>
      run(process.execPath, [writer, url, String(seed + nth), String(each), kind, ...stores]).then(
        ({ stdout }) => JSON.parse(stdout) as Record<string, number>,
      ),
    ),
  )
  return Object.fromEntries(stores.map((store) => [store, done.reduce((sum, one) => sum + one[store]!, 0)]))
}

const lastOf = async (storeId: string) =>
  Number(
    (
      await look.db
        .selectFrom('change_cursor')
        .select('last_sequence')
        .where('store_id', '=', storeId)
        .executeTakeFirst()
    )?.last_sequence ?? 0,
  )

/** Follows with the product's own reading, never looking back, until told that nothing more is written. */
async function followRows(storeId: string, from: number, writing: () => boolean): Promise<number[]> {
  const seen: number[] = []
  for (let cursor = from; ; ) {
    const isLast = !writing()
    const changes = await readAfter(look.db, storeId, cursor)
    seen.push(...changes.map(({ change }) => change.sequence))
    cursor = changes.at(-1)?.change.sequence ?? cursor
    if (isLast && changes.length === 0) return seen
  }
}

/** Asks the two services in turn, as a counter behind a balancer does. */
async function followPolls(from: number, writing: () => boolean): Promise<number[]> {
  const seen: number[] = []
  let cursor = from
  for (let turn = 0; ; turn += 1) {
    const isLast = !writing()
    counter.moveTo(processes[turn % 2]!.url)
    const answer = await counter.changes(cursor, isLast ? 0 : 1)
    if (!answer.ok) throw new Error(answer.error.code)
    seen.push(...answer.value.changes.map((change) => change.sequence))
    cursor = answer.value.cursor
    if (isLast && answer.value.changes.length === 0) return seen
  }
}

/** A stream that breaks off again and again and goes on at the other service. `last` is known once nothing more is written. */
async function followStreams(follower: CounterClient, from: number, last: () => number | undefined): Promise<number[]> {
  const seen: number[] = []
  const isDone = (newest: number | undefined) => (newest ?? from) >= (last() ?? Number.POSITIVE_INFINITY)
  for (let turn = 0; ; turn += 1) {
    const at = processes[turn % 2]!.url
    const stream = await followStream(follower, { at, after: seen.at(-1) ?? from })
    const until = Date.now() + 150 + turn * 20
    while (Date.now() < until && !isDone(stream.sequences().at(-1))) await pause(10)
    stream.close()
    await stream.ended
    seen.push(...stream.sequences())
    if (isDone(seen.at(-1))) return seen
  }
}

it('shows every change once and in order, however the transactions of several processes end', async () => {
  const follower = await createCounterClient(processes[0]!.url)
  await follower.enrol(enrolment.second)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const from = Object.fromEntries(await Promise.all(stores.map(async (one) => [one, await lastOf(one)] as const)))
      let writing = true
      let last: number | undefined
      const [home = '', other = ''] = stores
      const following = Promise.all([
        followRows(home, from[home]!, () => writing),
        followRows(other, from[other]!, () => writing),
        followPolls(from[home]!, () => writing),
        followStreams(follower, from[home]!, () => last),
      ])
      const written = await write(seed, 'product', 60)
      last = await lastOf(home)
      writing = false
      const expected = (store: string) =>
        Array.from({ length: written[store]! }, (_, index) => from[store]! + index + 1)
      const [rows, otherRows, polled, streamed] = await following
      expect(rows).toEqual(expected(home))
      expect(otherRows).toEqual(expected(other))
      expect(polled).toEqual(expected(home))
      expect(streamed).toEqual(expected(home))
    }),
    { numRuns: 3 },
  )
}, 120_000)

it('would notice a feed whose numbers are given before their transaction', async () => {
  const store = stores[1]!
  const from = await lastOf(store)
  let writing = true
  const following = followRows(store, from, () => writing)
  const written = await write(7, 'early', 60)
  writing = false
  const seen = await following
  expect(seen.length).toBeLessThan(written[store]!)
}, 60_000)
