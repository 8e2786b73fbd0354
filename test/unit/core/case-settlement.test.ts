import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { preCheckedCase, settledCase, sign, signIn, strokes } from '../../support/core/counter-steps.ts'
import { doubleAccount, holderDocument } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter
let last = 100

beforeAll(async () => {
  service = await startServiceDouble()
  counter = await openCounter(service.url)
  await signIn(counter)
})
afterAll(async () => {
  await counter.close()
  await service.close()
})
beforeEach(() => {
  last += 1
  service.state.account = doubleAccount
  service.state.blockers = []
  service.state.faceOutcome = 'match'
  service.state.intercept = undefined
})

const withArrears = (msisdn: string) => ({
  ...doubleAccount(msisdn),
  bills: [
    {
      id: 'B-1',
      billingPeriod: '2026-01',
      amountFen: 10_000,
      unpaidFen: 10_000,
      paymentDueDate: '2026-02-20',
      invoiced: false,
    },
  ],
})
const withCredit = (msisdn: string) => ({
  ...doubleAccount(msisdn),
  buckets: [{ id: 'K-1', kind: 'cash', name: '通用余额', remainingFen: 6320 }],
})
const code = (result: { ok: boolean; error?: { code: string; field?: string } }) =>
  result.ok ? 'ok' : `${result.error!.code}${result.error!.field ? ` ${result.error!.field}` : ''}`

describe('money', () => {
  test('never more than is due is taken, and what is due once, with its parts', async () => {
    service.state.account = withArrears
    const { case: case_, progress } = await preCheckedCase(counter, last)
    const { caseId } = case_
    const due = progress.settlement!.payableFen
    const pay = (amountFen: number, method: 'cash' | 'card' = 'cash', authorizationCode?: string) =>
      counter.call('case.takePayment', {
        caseId,
        method,
        amountFen: amountFen as never,
        ...(authorizationCode ? { authorizationCode } : {}),
      })
    expect(due).toBeGreaterThan(10_000)
    for (const wrong of [due + 1, 0, -5]) expect(code(await pay(wrong))).toBe('payment.amountDiffers amountFen')
    expect(code(await pay(due, 'card'))).toBe('payment.authorizationMissing authorizationCode')
    const both = await Promise.all([pay(due, 'card', '778899'), pay(due)])
    expect(both.map(code).sort()).toEqual(['ok', 'payment.alreadyTaken'])
    const paid = await counter.done('case.view', { caseId })
    const { allocations, amountFen, receiptNumber } = paid.case.payments[0]!
    expect(allocations.map(({ kind }) => kind)).toEqual(['bill', 'lateFee'])
    expect(allocations.reduce((sum, part) => sum + part.amountFen, 0)).toBe(amountFen)
    expect(receiptNumber).toBe(`${paid.case.caseNumber}-1`)
    expect(code(await counter.call('case.abandon', { caseId, reason: 'left' }))).toBe('payment.alreadyTaken')
  })

  test('nothing is taken where nothing is due', async () => {
    const { case: case_ } = await preCheckedCase(counter, last)
    const request = { caseId: case_.caseId, method: 'cash', amountFen: 1 as never } as const
    expect(code(await counter.call('case.takePayment', request))).toBe('payment.notNeeded')
  })

  test('a refund goes to the holder and not to the number that ends', async () => {
    service.state.account = withCredit
    const { case: case_ } = await preCheckedCase(counter, last)
    const save = (refund: object, phone = '13800138000') =>
      counter.call('case.saveSettlement', {
        caseId: case_.caseId,
        contact: { name: '李四', phone: phone as never },
        refund: refund as never,
        disconnectReason: 'moved',
      })
    const holderName = holderDocument.name
    expect(code(await save({ route: 'cash', holderName }, case_.msisdn))).toBe('contact.sameNumber contact.phone')
    expect(code(await save({ route: 'cash', holderName: '李四' }))).toBe('refund.notHolder refund.holderName')
    expect(code(await save({ route: 'bankCard', holderName }))).toBe('refund.accountMissing refund.account')
    expect(code(await save({ route: 'mobileNumber', holderName, account: case_.msisdn }))).toBe(
      'refund.sameNumber refund.account',
    )
    expect(code(await save({ route: 'mobileNumber', holderName, account: '13800138001' }))).toBe('ok')
  })
})

describe('signature and submission', () => {
  test('nothing is submitted while something is missing, and the first missing thing is said', async () => {
    const { case: case_ } = await preCheckedCase(counter, last)
    const { caseId } = case_
    const refused = await counter.call('case.submit', { caseId })
    expect(refused).toMatchObject({ error: { code: 'case.incomplete', params: { step: 'settlement' } } })
    expect(code(await counter.call('case.sign', { caseId, strokes, documentSha256: 'a'.repeat(64) }))).toBe(
      'case.incomplete',
    )
  })

  test('a finding that stops the case stops the acceptance', async () => {
    service.state.blockers = [{ code: 'STATE_LOST' }]
    const { case: case_ } = await preCheckedCase(counter, last)
    const refused = await counter.call('case.acceptance', { caseId: case_.caseId })
    expect(refused).toMatchObject({ error: { code: 'case.blocked', params: { blocker: 'STATE_LOST' } } })
  })

  test('what was read is what is signed, and a change afterwards voids the signature', async () => {
    const { case: case_ } = await settledCase(counter, last)
    const { caseId } = case_
    expect(code(await counter.call('case.sign', { caseId, strokes, documentSha256: '0'.repeat(64) }))).toBe(
      'case.amountChanged',
    )
    const first = await counter.done('case.acceptance', { caseId })
    expect((await counter.done('case.acceptance', { caseId })).documentSha256).toBe(first.documentSha256)
    const signed = await sign(counter, caseId)
    expect(signed.progress.missing).toEqual([])
    const changed = await counter.done('case.saveSettlement', {
      caseId,
      contact: { name: '李四', phone: '13800138009' as never },
      disconnectReason: 'moved',
    })
    expect(changed.case.signature).toBeUndefined()
    expect(changed.case.attachments.map(({ kind }) => kind)).not.toContain('signedForm')
    expect(code(await counter.call('case.submit', { caseId }))).toBe('case.incomplete')
    await sign(counter, caseId)
    const submitted = await counter.done('case.submit', { caseId })
    expect(submitted.case.state).toBe('submitted')
    expect(code(await counter.call('case.submit', { caseId }))).toBe('case.closed')
    expect(code(await counter.call('case.saveDocument', { caseId, document: { ...holderDocument } }))).toBe(
      'case.closed',
    )
  })

  test('the signed form holds document, strokes and both hashes', async () => {
    const { case: case_ } = await settledCase(counter, last)
    const { caseId } = case_
    const { html, documentSha256 } = await counter.done('case.acceptance', { caseId })
    const { case: signed } = await counter.done('case.sign', { caseId, strokes, documentSha256 })
    const attachmentId = signed.signature!.attachmentId
    const paper = await counter.done('case.attachment', { caseId, attachmentId })
    const form = Buffer.from(paper.contentBase64, 'base64').toString()
    expect(form).toContain(documentSha256)
    expect(form).toContain(signed.signature!.strokesSha256)
    expect(form.match(/<path /g)).toHaveLength(2)
    expect(form.startsWith(html.slice(0, html.indexOf('</main>')))).toBe(true)
    const reference = signed.attachments.find((attachment) => attachment.attachmentId === attachmentId)!
    expect(reference.mediaType).toBe('text/html')
  })

  test('once submitted, names and numbers are masked for everybody', async () => {
    const { case: case_ } = await settledCase(counter, last)
    await sign(counter, case_.caseId)
    const { case: submitted } = await counter.done('case.submit', { caseId: case_.caseId })
    expect(submitted.document).toMatchObject({ name: '王*明', identificationId: '110…002X' })
    expect(JSON.stringify(submitted)).not.toContain(holderDocument.identificationId)
  })
})
