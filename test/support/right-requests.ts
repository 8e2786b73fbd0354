import fc from 'fast-check'
import type { z } from 'zod'
import { serviceRoutes } from '../../src/shared/protocol/routes.ts'
import { brokenWord } from './broken-input.ts'
import type { CounterClient } from './counter-client.ts'
import { clerk, type PreparedCase, submitJob, supervisor } from './counter-journey.ts'
import { markedSample } from './marked-sample.ts'
import { proofRequest } from './proof-and-papers.ts'
import type { OutsideWorld } from './service-world.ts'

/** Cases of a service at their three ages: those whose names stand in requests. */
export interface CasesAsked {
  /** Proved and checked, not handed in. */
  open: PreparedCase
  /** With the home province. */
  reviewed: PreparedCase
  ended: PreparedCase
}

/** Requests that were right, of every kind: by the contract's own schemas, with the names of what is really there. */
export async function rightRequests(world: OutsideWorld, { open }: CasesAsked): Promise<Map<string, unknown>> {
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
export function rightJobs(
  counter: CounterClient,
  { open, reviewed, ended }: CasesAsked,
): ReturnType<CounterClient['job']>[] {
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

const wordsOf = ({ open, reviewed }: CasesAsked): Record<string, string> => ({
  ':msisdn': open.entry.msisdn,
  ':orderId': reviewed.order.orderId,
  ':requestId': open.caseId,
  ':ticketId': open.caseId,
  ':attachmentId': open.caseId,
  ':handling': '44',
  ':home': open.entry.province,
  ':day': '2026-11-22',
  '*': 'json',
})

/** Addresses of a route, right or broken, with a query of what its kind asks for. */
export function addresses(path: string, cases: CasesAsked): fc.Arbitrary<string> {
  const words = wordsOf(cases)
  const parts = path.split('/').map((part) => (words[part] ? brokenWord(words[part]) : fc.constant(part)))
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

/** What a body says it is. */
export const contentTypes = fc.oneof(
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
