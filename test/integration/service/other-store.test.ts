import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import type { JobKind } from '../../../src/shared/protocol/jobs.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import {
  chengduClerk,
  chengduSupervisor,
  clerk,
  followOrder,
  handIn,
  type PreparedCase,
  prepareCase,
  submitJob,
  supervisor,
} from '../../support/counter-journey.ts'
import { everythingKept } from '../../support/everything-kept.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { papersOf } from '../../support/proof-and-papers.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/* Whoever belongs to another store and knows every id of a case: nothing of it moves, and nothing they sign counts. */

let world: OutsideWorld
let cluster: PostgresCluster
let service: RunningService
let look: OpenDatabase
let counter: CounterClient
let stranger: CounterClient
let strangersBoss: CounterClient
let handedIn: PreparedCase
let open: PreparedCase

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 10_000, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres()
  const database = { kind: 'postgres' as const, url: await cluster.createDatabase() }
  const still = { timing: { reviewPollSeconds: 3_600 }, housekeeping: { everySeconds: 3_600 } }
  service = await startServiceOn(world, database, still)
  look = await openDatabase({ ...database, poolSize: 2 })
  const enrolled = async (code: string, { staffId, password }: typeof clerk) => {
    const client = await createCounterClient(service.url)
    await client.enrol(code)
    await client.signIn(staffId, password)
    return client
  }
  counter = await enrolled(enrolment.first, clerk)
  stranger = await enrolled(enrolment.chengdu, chengduClerk)
  handedIn = await prepareCase(counter, world, await world.someone('clean', { inProvince: '14' }))
  await handIn(counter, handedIn)
  open = await prepareCase(counter, world, await world.someone('clean', { inProvince: '14' }))
  await counter.sendJobs(open.jobsBefore)
  // One person of the other store signs in after the other at its only counter.
  strangersBoss = stranger
  await wait(2_500)
})
afterAll(async () => {
  await look?.close()
  await service?.close()
  await cluster?.stop()
  await world?.close()
})

function jobsOfStranger(): [string, JobKind, object, string][] {
  const { orderId, attachments, caseId, paymentIds } = handedIn.order
  const paymentId = open.order.paymentIds[0] ?? paymentIds[0]
  const money = { method: 'cash', amountFen: 100, receiptNumber: 'R-9', reason: 'owed', paidAt: Date.now() }
  const refund = { refundId: counter.randomCaseId(), ...money }
  return [
    ['urges', 'order.urge', { orderId, reason: 'hurry please' }, 'order.notFound'],
    ['withdraws', 'order.withdraw', { orderId, cancellationReason: 'not wanted' }, 'order.notFound'],
    ['brings papers for', 'order.resupply', { orderId, attachments, note: '' }, 'order.notFound'],
    [
      'accepts figures of',
      'order.acceptFigures',
      { orderId, figuresId: orderId, paymentIds: [], attachments, authorization: handedIn.order.authorization },
      'order.notFound',
    ],
    [
      'pays out what it owes',
      'refund.pay',
      { ...refund, caseId, msisdn: handedIn.entry.msisdn, orderId },
      'order.notFound',
    ],
    ...(paymentId
      ? ([
          [
            'gives its payment back',
            'refund.pay',
            { ...refund, caseId: open.caseId, msisdn: open.entry.msisdn, paymentId },
            'job.invalidReference',
          ],
        ] as [string, JobKind, object, string][])
      : []),
    ['hands it in', 'order.submit', open.order, 'proof.missing'],
  ]
}

it('every job about an order, a payment or a proof of another store is refused and changes nothing', async () => {
  for (const [what, kind, payload, code] of jobsOfStranger()) {
    const before = await everythingKept(look)
    const job = stranger.job(kind, payload, { lane: stranger.randomCaseId(), staffId: chengduClerk.staffId })
    const [result] = await stranger.sendJobs([job])
    expect([what, result?.outcome === 'refused' ? result.error.code : result?.outcome]).toEqual([what, code])
    expect(await everythingKept(look), what).toEqual(before)
  }
})

it('every question about a case of another store is refused and changes nothing', async () => {
  const { caseId, proof, preCheck, entry } = open
  const { orderId } = handedIn.order
  await look.db
    .insertInto('trouble_ticket')
    .values({
      ticket_id: caseId,
      store_id: 'SZ-HQB',
      kind: 'orderStuck',
      severity: 'waits',
      params: '{}',
      state: 'open',
      opened_at: Date.now(),
    } as never)
    .execute()
  const wish = { subject: 'largeRefund', amountFen: 100, reason: 'please do' }
  const asked = await counter.call<{ requestId: string }>('POST', '/v1/approval-requests', {
    requestId: counter.randomCaseId(),
    caseId,
    caseNumber: 'SZ1',
    preCheckId: preCheck.preCheckId,
    ...wish,
  })
  if (!asked.ok) throw new Error(asked.error.code)
  const { requestId } = asked.value
  const before = await everythingKept(look)
  const code = async (path: string, body: object) => {
    const answer = await stranger.call('POST', path, body)
    return answer.ok ? 'done' : answer.error.code
  }
  expect(await code('/v1/pre-checks', { caseId, msisdn: entry.msisdn, proofId: proof.proofId })).toBe('proof.missing')
  expect(
    await code('/v1/approval-requests', {
      requestId: stranger.randomCaseId(),
      caseId,
      caseNumber: 'SZ1',
      preCheckId: preCheck.preCheckId,
      ...wish,
    }),
  ).toBe('case.preCheckMissing')
  expect(await code(`/v1/approval-requests/${requestId}/withdrawal`, {})).toBe('approval.requestUnknown')
  await strangersBoss.signIn(chengduSupervisor.staffId, chengduSupervisor.password)
  const decision = { decision: 'grant', reason: 'looks right', password: chengduSupervisor.password }
  expect(await code(`/v1/approval-requests/${requestId}/decision`, decision)).toBe('approval.requestUnknown')
  expect(await code(`/v1/tickets/${caseId}/closure`, { note: 'done with' })).toBe('ticket.notFound')
  expect(
    await code(`/v1/orders/${orderId}/repairs`, {
      repairId: stranger.randomCaseId(),
      action: 'retryNow',
      reason: 'hurry please',
    }),
  ).toBe('order.notFound')
  expect(await stranger.call('GET', `/v1/orders/${orderId}/repairs`)).toMatchObject({
    error: { code: 'order.notFound' },
  })
  expect(await everythingKept(look)).toEqual(before)
  // What they may read is their own: no change, no entry of the other store's chain.
  const changes = await stranger.changes(0)
  expect(JSON.stringify(changes)).not.toContain(orderId)
  const audit = await stranger.call<{ entries: { chain: string }[] }>(
    'GET',
    `/v1/store/audit?caseId=${handedIn.caseId}`,
  )
  expect(JSON.stringify(audit)).not.toContain('SZ-HQB')
  await stranger.signIn(chengduClerk.staffId, chengduClerk.password)
})

it('a supervisor of another store signs for nobody here, though they know the case and the sum', async () => {
  const prepared = await prepareCase(counter, world, await world.someone('premium', { inProvince: '14' }), {
    skipApprovals: true,
  })
  const granted = await stranger.post('approve', {
    caseId: prepared.caseId,
    subject: 'premiumNumber',
    reason: 'a friend asked me',
    approver: chengduSupervisor,
  })
  // Their own store may note that; it is of no use to the case.
  const approvalIds = granted.ok ? [granted.value.approvalId] : [stranger.randomCaseId()]
  await counter.sendJobs(prepared.jobsBefore)
  const [result] = await counter.sendJobs([submitJob(counter, prepared, { ...prepared.order, approvalIds })])
  expect(result).toMatchObject({ outcome: 'refused', error: { code: 'approval.missing' } })
  expect(await followOrder(counter, prepared.order.orderId, () => true, 1).catch(() => 'none')).toBe('none')
})

it('the money and the papers of a case are of use in the store where they were taken, to nobody else who knows their ids', async () => {
  let entry = await world.someone('arrears')
  // Away from home in both stores.
  while (entry.province === '51') entry = await world.someone('arrears')
  const ours = await prepareCase(counter, world, entry)
  expect(ours.order.paymentIds).toHaveLength(1)
  await counter.sendJobs(ours.jobsBefore)
  // The customer goes to the other store, whose clerk proves them anew under the case id of this one.
  const theirs = await prepareCase(stranger, world, entry, { caseId: ours.caseId, approver: chengduSupervisor })
  const [papers, payments] = [theirs.jobsBefore.slice(0, -1), theirs.jobsBefore.slice(-1)]
  await stranger.sendJobs(papers)
  const before = await everythingKept(look)
  const outcome = async (order: object) => {
    const [result] = await stranger.sendJobs([submitJob(stranger, theirs, order)])
    return result?.outcome === 'refused' ? `${result.error.code} ${result.error.field}` : result?.outcome
  }
  const { paymentIds } = ours.order
  expect(await outcome({ ...theirs.order, paymentIds })).toBe('job.invalidReference paymentIds')
  expect(await everythingKept(look)).toEqual(before)
  await stranger.sendJobs(payments)
  const { attachments } = ours.order
  const signedForm = attachments.find(({ kind }) => kind === 'signedForm')!
  const authorization = { ...theirs.order.authorization, documentSha256: signedForm.sha256 }
  expect(await outcome({ ...theirs.order, attachments, authorization })).toBe('job.invalidReference attachments.0')
  // What is theirs is good enough, and leaves the money here where it is: it can be given back.
  expect(await outcome(theirs.order)).toBe('accepted')
  const payment = await look.db
    .selectFrom('payment')
    .select(['order_id', 'amount_fen'])
    .where('payment_id', '=', paymentIds[0]!)
    .executeTakeFirstOrThrow()
  expect(payment.order_id).toBeNull()
})

it('what one store asks its supervisors is neither answered nor read by those of another', async () => {
  const { caseId, preCheck } = open
  const wish = { subject: 'largeRefund', amountFen: 4_711, reason: 'the tariff had changed' }
  const asked = await counter.call<{ requestId: string }>('POST', '/v1/approval-requests', {
    requestId: counter.randomCaseId(),
    caseId,
    caseNumber: 'SZ1',
    preCheckId: preCheck.preCheckId,
    ...wish,
  })
  if (!asked.ok) throw new Error(asked.error.code)
  const { requestId } = asked.value
  const signs = () => stranger.post('approve', { caseId, ...wish, approver: chengduSupervisor })
  await signs()
  const state = () =>
    look.db.selectFrom('approval_request').select('state').where('request_id', '=', requestId).executeTakeFirstOrThrow()
  expect(await state()).toEqual({ state: 'open' })
  const reason = 'they were here yesterday already'
  await wait(1_100)
  await counter.signIn(supervisor.staffId, supervisor.password)
  const decision = { decision: 'refuse', reason, password: supervisor.password }
  expect((await counter.call('POST', `/v1/approval-requests/${requestId}/decision`, decision)).ok).toBe(true)
  await counter.signIn(clerk.staffId, clerk.password)
  // Nor is the other store told who refused it here, and why.
  expect(JSON.stringify(await signs())).not.toContain(reason)
})

it('a counter that asks what became of its jobs hears nothing of a case of another store whose id it has used', async () => {
  const { caseId, entry } = open
  const paper = (await papersOf(stranger, world, entry, caseId, ['portrait'])).jobs
  const [result] = await stranger.sendJobs(paper)
  expect(result?.outcome).toBe('accepted')
  const answer = await stranger.call('POST', '/v1/devices/current/reconciliation', { receipts: [], from: 1 })
  expect(answer).toMatchObject({ ok: true })
  expect(JSON.stringify(answer)).toContain(caseId)
  expect(JSON.stringify(answer)).not.toContain(entry.msisdn)
})
