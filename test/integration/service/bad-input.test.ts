import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { routeTable } from '../../../service/src/server/route-table.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { failureSchema, jobResultsSchema } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
import { brokenBody, brokenWord } from '../../support/broken-input.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  clerk,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { everythingKept } from '../../support/everything-kept.ts'
import { markedSample } from '../../support/marked-sample.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { proofRequest } from '../../support/proof-and-papers.ts'
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
let ended: PreparedCase
let reviewed: PreparedCase
let open: PreparedCase
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
  ended = await caseOf()
  await handIn(counter, ended)
  await followOrder(counter, ended.order.orderId, (order) => order.state === 'completed')
  await world.control({ reviewFactor: 10_000 })
  reviewed = await caseOf()
  await handIn(counter, reviewed)
  await followOrder(counter, reviewed.order.orderId, (order) => order.stage === 'homeReview')
  open = await caseOf()
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

/** Requests that were right, of every kind: by the contract's own schemas, with the names of what is really there. */
async function samples(): Promise<Map<string, unknown>> {
  const { caseId, proof, preCheck, entry } = open
  const made = new Map<string, unknown>(
    Object.values(serviceRoutes).flatMap((route) =>
      route.body ? [[`${route.method} ${route.path}`, markedSample(route.body as z.ZodType, 'word')] as const] : [],
    ),
  )
  const more: Record<string, object> = {
    'POST /v1/one-time-codes': { caseId, msisdn: entry.msisdn },
    'POST /v1/identity-proofs': await proofRequest(world, entry, caseId),
    'POST /v1/pre-checks': { caseId, msisdn: entry.msisdn, proofId: proof.proofId },
    'POST /v1/approvals': {
      caseId,
      subject: 'waiver',
      agreementId: 'A-1',
      waivedFen: 1,
      reason: 'seen',
      approver: supervisor,
    },
    'POST /v1/approval-requests': {
      ...{ requestId: caseId, caseId, caseNumber: 'SZ1', preCheckId: preCheck.preCheckId },
      ...{ subject: 'waiver', agreementId: 'A-1', amountFen: 100, reason: 'please' },
    },
    'POST /v1/devices/current/reconciliation': { receipts: [[1, 5]], seals: [proof.seal], from: 1, closed: [3] },
    'POST /v1/orders/:orderId/repairs': { repairId: caseId, action: 'handOver', staffId: clerk.staffId, reason: 'ill' },
    'POST /v1/sessions': { staffId: 'nobody', password: 'nothing' },
  }
  for (const [row, body] of Object.entries(more)) made.set(row, body)
  return made
}

/** Every kind of job as a counter sends it. */
function jobs(): ReturnType<CounterClient['job']>[] {
  const lane = { lane: reviewed.caseId, staffId: clerk.staffId }
  const { orderId, attachments } = reviewed.order
  const note = 'as asked'
  return [
    ...(open.jobsBefore as ReturnType<CounterClient['job']>[]),
    submitJob(counter, open),
    counter.job('order.urge', { orderId, reason: 'please hurry' }, lane),
    counter.job('order.withdraw', { orderId, cancellationReason: 'changed my mind' }, lane),
    counter.job('order.resupply', { orderId, attachments, note }, lane),
    counter.job(
      'order.acceptFigures',
      { orderId, figuresId: orderId, paymentIds: [], attachments, authorization: open.order.authorization },
      lane,
    ),
    counter.job(
      'refund.pay',
      {
        ...{ refundId: open.caseId, caseId: ended.caseId, msisdn: ended.entry.msisdn, orderId: ended.order.orderId },
        ...{ method: 'cash', amountFen: 100, receiptNumber: 'R-9', reason: 'owed', paidAt: Date.now() },
      },
      { lane: ended.caseId, staffId: clerk.staffId },
    ),
  ]
}

const words: Record<string, () => string> = {
  ':msisdn': () => open.entry.msisdn,
  ':orderId': () => reviewed.order.orderId,
  ':requestId': () => open.caseId,
  ':ticketId': () => open.caseId,
  ':attachmentId': () => open.caseId,
  ':handling': () => '44',
  ':home': () => open.entry.province,
  ':day': () => '2026-11-22',
  '*': () => 'json',
}

/** Addresses of a route, right or broken, with a query of what its kind asks for. */
function addresses(path: string): fc.Arbitrary<string> {
  const parts = path.split('/').map((part) => (words[part] ? brokenWord(words[part]()) : fc.constant(part)))
  const names = [
    'after',
    'mark',
    'waitSeconds',
    'offset',
    'from',
    'to',
    'format',
    'language',
    'before',
    'limit',
    'actor',
    'action',
    'caseId',
    'caseNumber',
  ]
  const query = fc.array(fc.tuple(fc.constantFrom(...names), brokenWord('0')), { maxLength: 3 })
  return fc.tuple(fc.tuple(...parts), query).map(([found, asked]) => {
    const without = asked.filter(([name]) => name !== 'waitSeconds').map(([name, word]) => `${name}=${word}`)
    return found.join('/') + (without.length > 0 ? `?${without.join('&')}` : '')
  })
}

const types = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'text/plain',
      'application/json; charset=utf-16',
      'application/offset+octet-stream',
      'multipart/form-data',
      'x',
    ),
  },
)

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
  const bodies = await samples()
  const rows = Object.keys(routeTable).filter((row) => row !== 'POST /v1/jobs')
  const request = fc.constantFrom(...rows).chain((row) => {
    const [method, path] = row.split(' ') as [string, string]
    const body =
      method === 'POST' || method === 'PATCH'
        ? fc.record({ text: brokenBody(bodies.get(row) ?? { word: 'x' }), type: types })
        : fc.constant(undefined)
    return fc.record({
      row: fc.constant(row),
      method: fc.constant(method),
      address: addresses(path),
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
  const all = jobs()
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
