import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { routeTable } from '../../../service/src/server/route-table.ts'
import { jobKinds, jobPayloads } from '../../../src/shared/protocol/jobs.ts'
import { serviceRoutes } from '../../../src/shared/protocol/routes.ts'
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
import { everythingMarked, markedSample } from '../../support/marked-sample.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/*
 * The real process writes its log as it does in earnest, everything it has to say; people with known names, documents and numbers go
 * through it, and marked words through every route and every kind of job. None of it may come out where operators look.
 */

const marks = ['标记姓名甲', 'MARKED-440101199003071234', 'marked-street-7']
const token = 'operators-only-0123456789'

let world: OutsideWorld
let cluster: PostgresCluster
let service: ServiceProcess
let look: OpenDatabase
let counter: CounterClient
let boss: CounterClient
const secrets = new Set<string>()

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  service = await startServiceProcess(world, url, {}, { logLevel: 'debug', operationToken: token })
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  boss = await createCounterClient(service.url)
  await boss.enrol(enrolment.second)
  await boss.signIn(supervisor.staffId, supervisor.password)
  for (const one of [...marks, counter.token()!, boss.token()!, clerk.password, supervisor.password]) secrets.add(one)
})
afterAll(async () => {
  await look?.close()
  await service?.stop()
  await cluster?.stop()
  await world?.close()
})

/** What is known of the people of a case and must stay where it belongs. */
function remember({ entry, order }: PreparedCase) {
  for (const person of [entry.person, ...entry.actors.map((actor) => actor.person)])
    for (const one of [person.name, person.identificationId]) secrets.add(one)
  for (const one of [entry.msisdn, entry.servicePassword, order.contact.phone, order.contact.name]) secrets.add(one)
  for (const one of entry.oftenCalledNumbers) secrets.add(one)
  if (order.refund?.account) secrets.add(order.refund.account)
}

async function caseOf(scenario: string, wishes: Parameters<typeof prepareCase>[3] = {}) {
  const prepared = await prepareCase(counter, world, await world.someone(scenario), wishes)
  remember(prepared)
  return prepared
}

async function people(): Promise<void> {
  const clean = await caseOf('clean')
  await handIn(counter, clean)
  await followOrder(counter, clean.order.orderId, (order) => order.state === 'completed')
  const agent = await caseOf('clean', { asker: 'agent' }).catch(() => undefined)
  if (agent) await counter.sendJobs([...agent.jobsBefore, submitJob(counter, agent)])
  const refused = await caseOf('refused-at-review')
  await handIn(counter, refused)
  await followOrder(counter, refused.order.orderId, (order) => order.state === 'rejected')
  // Refused as a risk, which the supervisors hear of.
  const stolen = await caseOf('taken-over')
  await counter.sendJobs([...stolen.jobsBefore, submitJob(counter, stolen)])
  // Withdrawn, urged and repaired, while the home province is away.
  const away = await caseOf('premium')
  await world.control({ targets: { [`bss:${away.entry.carrier}:${away.entry.province}`]: { down: true } } })
  await handIn(counter, away)
  const lane = { lane: away.caseId, staffId: clerk.staffId }
  const { orderId } = away.order
  await counter.sendJobs([
    counter.job('order.urge', { orderId, reason: marks[0]! }, lane),
    counter.job('order.withdraw', { orderId, cancellationReason: marks[0]! }, lane),
  ])
  await boss.call('POST', `/v1/orders/${orderId}/repairs`, {
    repairId: boss.randomCaseId(),
    action: 'retryNow',
    reason: marks.join(' '),
  })
  // Wrong answers, a wrong person, a number that is none.
  await counter.post('proveIdentity', { ...(markedSample(serviceRoutes.proveIdentity.body, marks[0]!) as object) })
  await counter.queryNumber(clean.entry.msisdn)
  await counter.signIn(marks[0]!, marks[1]!)
  await counter.signIn(clerk.staffId, clerk.password)
  secrets.add(counter.token()!)
}

async function everyRoute(mark: string): Promise<void> {
  const bodies = new Map<string, z.ZodType>(
    Object.values(serviceRoutes).flatMap((route) =>
      route.body ? [[`${route.method} ${route.path}`, route.body] as const] : [],
    ),
  )
  const word = encodeURIComponent(mark)
  for (const row of Object.keys(routeTable)) {
    // The last of the rows ends the session they are asked with.
    if (row.startsWith('DELETE') || row.startsWith('GET /v1/changes/stream')) continue
    const [method, path] = row.split(' ') as [string, string]
    const schema = bodies.get(row)
    const sample = schema ? markedSample(schema, mark) : { words: mark }
    for (const address of [
      path.replace(/:\w+|\*/g, word),
      path.replace(/:\w+/g, '018f0000-0000-7000-8000-00000000000a'),
    ])
      for (const client of [counter, boss])
        for (const body of method === 'POST' || method === 'PATCH'
          ? [sample, everythingMarked(sample, mark)]
          : [undefined])
          await (await client.request(method, `${address}?words=${word}&after=0`, body)).text()
  }
}

async function everyJob(mark: string): Promise<void> {
  for (const kind of jobKinds) {
    const sample = markedSample(jobPayloads[kind], mark)
    for (const payload of [sample, everythingMarked(sample, mark)])
      await counter.post('sendJobs', {
        jobs: [counter.job(kind, payload, { lane: counter.randomCaseId(), staffId: clerk.staffId })],
      })
  }
}

/** Where a secret shows, with what stands around it. */
function found(text: string): string[] {
  return [...secrets].flatMap((secret) => {
    const at = text.indexOf(secret)
    return at === -1 ? [] : [`${secret}: …${text.slice(Math.max(0, at - 120), at + secret.length + 60)}…`]
  })
}

describe('what operators see', () => {
  beforeAll(async () => {
    await people()
    for (const mark of marks) {
      await everyRoute(mark)
      await everyJob(mark)
    }
  }, 120_000)

  test('the log tells much and names nobody', () => {
    const log = service.output()
    const lines = log.split('\n').filter((line) => line.startsWith('{'))
    expect(lines.filter((line) => line.includes('"request"')).length).toBeGreaterThan(200)
    expect(found(log)).toEqual([])
  })

  test('neither do the figures and the operators’ page', async () => {
    const authorization = `Bearer ${token}`
    const root = new URL(service.operatorPage()!).origin
    for (const path of ['/metrics', '/operator/picture.json']) {
      const answer = await fetch(root + path, { headers: { authorization } })
      expect(answer.status).toBe(200)
      expect(found(await answer.text())).toEqual([])
    }
  })

  // Tables of the service that are read by operators and auditors, or leave the house; what a clerk writes to a colleague is not among them.
  const tables = {
    outside_call: ['target', 'operation', 'idempotency_key', 'outcome', 'detail'],
    audit_entry: ['actor', 'device_id', 'action', 'subject', 'details'],
    trouble_ticket: ['kind', 'params'],
    job_refusal: ['kind', 'code'],
    job: ['receipt', 'lane'],
    order_event: ['code', 'params'],
    'pgboss.job': ['data', 'output'],
  }
  test.each(Object.entries(tables))('the rows of %s name nobody', async (table, columns) => {
    const rows = await look.db
      .selectFrom(table as 'job')
      .select(columns as ['lane'])
      .execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(found(JSON.stringify(rows))).toEqual([])
  })
})
