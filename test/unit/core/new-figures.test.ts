import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CaseView } from '../../../src/shared/contract/views.ts'
import type { NewFigures } from '../../../src/shared/domain/recheck.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { signIn, strokes, submittedCase } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter

beforeEach(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
})

/** The order of a case comes back because running charges of 12.34 yuan have appeared. */
async function broughtBack(view: CaseView, changes: Partial<NewFigures> = {}): Promise<NewFigures> {
  const signed = view.progress.settlement!
  const totalFen = signed.totalFen + 1234
  const figures = {
    figuresId: crypto.randomUUID(),
    pricedAt: view.case.signature!.signedAt,
    signedTotalFen: signed.totalFen,
    settlement: {
      lines: [...signed.lines, { kind: 'unbilled', amountFen: 1234, detail: {} }],
      totalFen,
      payableFen: Math.max(0, totalFen),
      refundableFen: Math.max(0, -totalFen),
    },
    agreements: [],
    reasons: [{ code: 'chargesHigher', fromFen: 0, toFen: 1234 }],
    dueFen: Math.max(0, totalFen) - signed.payableFen,
    acceptable: true,
    ...changes,
  } as unknown as NewFigures
  const { caseId, caseNumber, orderId } = view.case
  service.publish({
    orderId,
    caseId,
    caseNumber,
    state: 'held',
    stage: 'returned',
    deadline: '2099-01-01',
    resupplyBy: Date.now() + 86_400_000,
    returnedFor: { code: 'FIGURES_CHANGED', params: {} },
    figures,
    urgeCount: 0,
    events: [],
    updatedAt: Date.now(),
  })
  await until(async () => (await counter.done('case.view', { caseId })).order?.figures)
  return figures
}

test('the customer signs what it costs now and pays the rest; form, money and acceptance go out in this order', async () => {
  const view = await submittedCase(counter)
  const { caseId } = view.case
  const figures = await broughtBack(view)
  expect((await counter.done('desk.view')).attention.map(({ code }) => code)).toContain('figuresChanged')
  const form = await counter.done('order.viewFigures', { caseId })
  expect(form.html).toContain('费用变更确认书')
  expect(form.html).toContain('12.34')
  const input = { caseId, strokes, documentSha256: form.documentSha256, method: 'cash' } as const
  expect(await counter.call('order.acceptFigures', { ...input, documentSha256: 'a'.repeat(64) })).toMatchObject({
    error: { code: 'case.amountChanged' },
  })
  if (figures.dueFen > 0)
    expect(await counter.call('order.acceptFigures', { ...input, method: 'card' })).toMatchObject({
      error: { code: 'payment.authorizationMissing' },
    })
  const listed = await counter.done('case.list', { filter: 'forMe' })
  expect(listed.rows.find((row) => row.caseId === caseId)).toMatchObject({
    status: 'figuresChanged',
    next: { code: 'figuresChanged', params: { amountFen: figures.settlement.totalFen } },
  })
  const before = service.accepted.length
  const after = await counter.done('order.acceptFigures', input)
  expect(after.case.attachments.filter(({ kind }) => kind === 'signedForm')).toHaveLength(2)
  expect(await counter.call('order.acceptFigures', input)).toMatchObject({ ok: false })
  await until(() => service.accepted.some((job) => job.kind === 'order.acceptFigures'))
  const sent = service.accepted.slice(before).map((job) => job.kind)
  expect(sent).toEqual(['attachment.store', ...(figures.dueFen > 0 ? ['payment.take'] : []), 'order.acceptFigures'])
  expect(service.accepted.at(-1)!.payload).toMatchObject({
    orderId: view.case.orderId,
    figuresId: figures.figuresId,
    authorization: { documentSha256: form.documentSha256 },
  })
})

test('sums that one person may not decide are signed for by a second person first, for exactly these figures', async () => {
  const view = await submittedCase(counter)
  const { caseId } = view.case
  const asked = { subject: 'largeRefund', amountFen: 61_234 } as const
  await broughtBack(view, { approvals: [asked] } as never)
  const { documentSha256 } = await counter.done('order.viewFigures', { caseId })
  const accept = { caseId, strokes, documentSha256, method: 'cash' } as const
  expect(await counter.call('order.acceptFigures', accept)).toMatchObject({
    error: { code: 'approval.missing', params: { subject: 'largeRefund' } },
  })
  const sign = { caseId, subject: 'largeRefund', reason: 'in order' } as const
  expect(
    await counter.call('order.approveFigures', { ...sign, approver: { staffId: '100', password: 'right' } }),
  ).toMatchObject({ error: { code: 'approval.samePerson' } })
  expect(
    await counter.call('order.approveFigures', { ...sign, approver: { staffId: '200', password: 'wrong' } }),
  ).toMatchObject({ error: { code: 'approval.credentials' } })
  const other = { ...sign, subject: 'waiver', approver: { staffId: '200', password: 'right' } } as const
  expect(await counter.call('order.approveFigures', other)).toMatchObject({ error: { code: 'approval.notNeeded' } })
  const signed = await counter.done('order.approveFigures', {
    ...sign,
    approver: { staffId: '200', password: 'right' },
  })
  const { approvalId, amountFen } = signed.case.approvals.at(-1)!
  expect(amountFen).toBe(61_234)
  await counter.done('order.acceptFigures', accept)
  await until(() => service.accepted.some((job) => job.kind === 'order.acceptFigures'))
  expect(service.accepted.at(-1)!.payload).toMatchObject({ approvalIds: [approvalId] })
})

test('figures that cannot be priced can only be withdrawn, and papers are not what is asked for', async () => {
  const view = await submittedCase(counter)
  const { caseId } = view.case
  await broughtBack(view, { acceptable: false })
  const { documentSha256 } = await counter.done('order.viewFigures', { caseId })
  expect(await counter.call('order.acceptFigures', { caseId, strokes, documentSha256, method: 'cash' })).toMatchObject({
    error: { code: 'order.figuresUnpriced' },
  })
  expect(await counter.call('order.resupply', { caseId, note: 'here' })).toMatchObject({
    error: { code: 'order.notReturned' },
  })
  await counter.done('order.withdraw', { caseId, reason: 'too dear' })
  await until(() => service.accepted.some((job) => job.kind === 'order.withdraw'))
})
