import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { routeTable } from '../../../service/src/server/route-table.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { failureSchema, jobResultsSchema } from '../../../src/shared/protocol/jobs.ts'
import { brokenBody } from '../../support/broken-input.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, handIn, prepareCase, supervisor } from '../../support/counter-journey.ts'
import { everythingKept } from '../../support/everything-kept.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { addresses, type CasesAsked, contentTypes, rightJobs, rightRequests } from '../../support/right-requests.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Every endpoint is asked for what is nearly right, thousands of ways broken: each answer is a clear refusal or a result, none comes from
 * an error nobody foresaw, and what is refused has changed nothing.
 */

const runs = Number(process.env.BAD_INPUT_RUNS ?? 300)
const seed = Number(process.env.BAD_INPUT_SEED ?? Date.now() % 1_000_000)

let world: OutsideWorld
let cluster: PostgresCluster
let service: RunningService
let look: OpenDatabase
let counter: CounterClient
let boss: CounterClient
let cases: CasesAsked
const troubles: string[] = []

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  const database = { kind: 'postgres' as const, url: await cluster.createDatabase() }
  const note = (values: object, message: string) => void troubles.push(`${message} ${JSON.stringify(values)}`)
  // A set in which a name is taken is looked at job by job, which the log tells.
  const warn = (values: object, message: string) => message === 'set not taken in' || note(values, message)
  const log = { info() {}, warn, error: note }
  service = await startServiceOn(world, database, {}, { log })
  look = await openDatabase({ ...database, poolSize: 2 })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  boss = await createCounterClient(service.url)
  await boss.enrol(enrolment.second)
  await boss.signIn(supervisor.staffId, supervisor.password)
  const caseOf = async () => prepareCase(counter, world, await world.someone('clean'))
  const ended = await caseOf()
  await handIn(counter, ended)
  await followOrder(counter, ended.order.orderId, (order) => order.state === 'completed')
  await world.control({ reviewFactor: 10_000 })
  const reviewed = await caseOf()
  await handIn(counter, reviewed)
  await followOrder(counter, reviewed.order.orderId, (order) => order.stage === 'homeReview')
  cases = { open: await caseOf(), reviewed, ended }
  // From here on nothing moves by itself.
  await service.close()
  const still = { timing: { reviewPollSeconds: 3_600, sweepSeconds: 3_600 }, housekeeping: { everySeconds: 3_600 } }
  service = await startServiceOn(world, database, still, { log })
  for (const client of [counter, boss]) client.moveTo(service.url)
  await wait(1_500)
  troubles.length = 0
})
afterAll(async () => {
  await look?.close()
  await service?.close()
  await cluster?.stop()
  await world?.close()
})

/** The same once the steps that follow an order's job are through. */
async function everythingDone(): Promise<Record<string, string>> {
  let last = await everythingKept(look)
  for (;;) {
    await wait(1_200)
    const now = await everythingKept(look)
    if (JSON.stringify(now) === JSON.stringify(last)) return now
    last = now
  }
}

async function ask(client: CounterClient, method: string, address: string, body?: { text: string; type: string }) {
  const response = await fetch(service.url + address, {
    method,
    headers: {
      // The path as a client sends it: what it escapes is what it signs.
      dpop: await client.proof(method, new URL(service.url + address).pathname),
      authorization: `DPoP ${client.token()}`,
      ...(body ? { 'content-type': body.type } : {}),
    },
    body: body?.text ?? null,
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, text: '' }
  }
  return { status: response.status, text: await response.text() }
}

/** Holds an answer to what every answer must be; true when it was a refusal. */
function isRefusal(what: string, { status, text }: { status: number; text: string }): boolean {
  const told = `${what} → ${status} ${text.slice(0, 300)}`
  expect(status, told).toBeLessThan(500)
  expect(text, told).not.toMatch(/node_modules|\.ts:\d|at \w+ \(|select |insert into/)
  if (status < 400) return false
  expect(() => failureSchema.parse(JSON.parse(text).error), told).not.toThrow()
  return true
}

test('every endpoint refuses what is broken, changes nothing by it, and never stumbles', {
  timeout: 300_000,
}, async () => {
  const bodies = await rightRequests(world, cases)
  const rows = Object.keys(routeTable).filter((row) => row !== 'POST /v1/jobs')
  const request = fc.constantFrom(...rows).chain((row) => {
    const [method, path] = row.split(' ') as [string, string]
    const body =
      method === 'POST' || method === 'PATCH'
        ? fc.record({ text: brokenBody(bodies.get(row) ?? { word: 'x' }), type: contentTypes })
        : fc.constant(undefined)
    return fc.record({
      row: fc.constant(row),
      method: fc.constant(method),
      address: addresses(path, cases),
      body,
      byBoss: fc.boolean(),
    })
  })
  let before = await everythingKept(look)
  const met = new Set<string>()
  await fc.assert(
    fc.asyncProperty(request, async ({ row, method, address, body, byBoss }) => {
      const client = byBoss ? boss : counter
      const answer = await ask(client, method, address, body)
      const refused = isRefusal(`${method} ${address} ${body?.type} ${body?.text.slice(0, 300)}`, answer)
      met.add(row)
      const after = await everythingKept(look)
      if (refused) expect(after, `${row} ${answer.text}`).toEqual(before)
      before = after
      if (row.startsWith('DELETE')) {
        await counter.signIn(clerk.staffId, clerk.password)
        await boss.signIn(supervisor.staffId, supervisor.password)
      }
      expect(troubles, `${method} ${address} ${body?.text.slice(0, 300)}`).toEqual([])
    }),
    { numRuns: runs, seed, endOnFailure: true },
  )
  expect(met.size, `seed ${seed}`).toBeGreaterThan(rows.length * 0.8)
})

test('every kind of job is refused when it is broken, holds up its own lane only, and never is without an answer', {
  timeout: 300_000,
}, async () => {
  troubles.length = 0
  const all = rightJobs(counter, cases)
  let before = await everythingKept(look)
  let sequence = 1_000
  const batch = fc.constantFrom(...all).chain((job) => brokenBody(job).map((text) => ({ job, text })))
  await fc.assert(
    fc.asyncProperty(batch, async ({ job, text }) => {
      // A lane, a name and a number of its own, unless just they are what is broken.
      sequence += 1
      const own = text
        .replaceAll(job.id, counter.randomCaseId())
        .replace(`"sequence":${job.sequence}`, `"sequence":${sequence}`)
      const answer = await ask(counter, 'POST', '/v1/jobs', { text: `{"jobs":[${own}]}`, type: 'application/json' })
      const refused = isRefusal(own.slice(0, 300), answer)
      const results = refused ? [] : jobResultsSchema.parse(JSON.parse(answer.text)).results
      if (!refused) expect(results, own.slice(0, 300)).toHaveLength(1)
      const accepted = results.some(({ outcome }) => outcome === 'accepted')
      const after = await (accepted && job.kind.startsWith('order.') ? everythingDone() : everythingKept(look))
      if (!accepted) expect(after, own.slice(0, 300)).toEqual(before)
      before = after
      expect(troubles, own.slice(0, 600)).toEqual([])
    }),
    { numRuns: runs, seed, endOnFailure: true },
  )
})
