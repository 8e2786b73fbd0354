import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CaseView } from '../../../src/shared/contract/views.ts'
import { addDays, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { preCheckedCase, signIn } from '../../support/core/counter-steps.ts'
import { doubleAccount, holderDocument, premiumAgreement } from '../../support/core/double-data.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

let service: ServiceDouble
let counter: Counter
let last = 300

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
const invoicedCredit = (msisdn: string) => ({
  ...doubleAccount(msisdn),
  bills: [5, 6, 7].map((month) => ({
    id: `B-${month}`,
    billingPeriod: `2026-0${month}`,
    amountFen: 5000,
    unpaidFen: 0,
    paymentDueDate: `2026-0${month + 1}-20`,
    invoiced: month !== 6,
  })),
  buckets: [{ id: 'K-1', kind: 'cash', name: '通用余额', remainingFen: 6320 }],
})
const holderName = holderDocument.name
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error!.code)
const jobsOf = (caseId: string) =>
  service.accepted.filter((job) => job.lane === caseId && job.kind !== 'attachment.store').map((job) => job.kind)

describe('money taken at this counter', () => {
  test('may come in parts and by several ways; given back whole it lets the case be abandoned', async () => {
    service.state.account = withArrears
    const { case: case_, progress } = await preCheckedCase(counter, last)
    const { caseId } = case_
    const due = progress.settlement!.payableFen
    await counter.done('case.takePayment', {
      caseId,
      method: 'cash',
      amountFen: 4000 as never,
      tenderedFen: 5000 as never,
    })
    const part = await counter.done('case.view', { caseId })
    expect(part.progress.missing.find((item) => item.code === 'payment')?.params.amountFen).toBe(due - 4000)
    const paid = await counter.done('case.takePayment', {
      caseId,
      method: 'card',
      amountFen: (due - 4000) as never,
      authorizationCode: '778899',
    })
    expect(paid.progress.missing.some((item) => item.code === 'payment')).toBe(false)
    const parts = paid.case.payments.flatMap((payment) => payment.allocations)
    expect(parts.reduce((sum, one) => sum + one.amountFen, 0)).toBe(due)
    expect(paid.case.payments[0]!.tenderedFen).toBe(5000)
    expect(code(await counter.call('case.abandon', { caseId, reason: 'left' }))).toBe('payment.alreadyTaken')

    const [cash, card] = paid.case.payments
    expect(code(await counter.call('case.giveBack', { caseId, paymentId: card!.paymentId, reason: 'left' }))).toBe(
      'payment.authorizationMissing',
    )
    const both = await Promise.all(
      [1, 2].map(() => counter.call('case.giveBack', { caseId, paymentId: cash!.paymentId, reason: 'left' })),
    )
    expect(both.map(code).sort()).toEqual(['ok', 'payment.notNeeded'])
    const back = await counter.done('case.giveBack', {
      caseId,
      paymentId: card!.paymentId,
      authorizationCode: '112233',
      reason: 'left',
    })
    expect(back.progress.paidFen).toBe(0)
    expect(
      back.case.refundsPaid.map(({ amountFen, method, receiptNumber }) => [amountFen, method, receiptNumber]),
    ).toEqual([
      [4000, 'cash', `${case_.caseNumber}-R1`],
      [due - 4000, 'card', `${case_.caseNumber}-R2`],
    ])
    const gone = await counter.done('case.abandon', { caseId, reason: 'left' })
    expect(gone.case.state).toBe('abandoned')
    await expect.poll(() => jobsOf(caseId)).toEqual(['payment.take', 'payment.take', 'refund.pay', 'refund.pay'])
  })

  test('less cash than is booked is refused', async () => {
    service.state.account = withArrears
    const { case: case_ } = await preCheckedCase(counter, last)
    const short = {
      caseId: case_.caseId,
      method: 'cash',
      amountFen: 4000 as never,
      tenderedFen: 3999 as never,
    } as const
    expect(code(await counter.call('case.takePayment', short))).toBe('payment.amountDiffers')
  })
})

describe('a refund', () => {
  const save = (view: CaseView, refund: object, invoices: object[] = []) =>
    counter.call('case.saveSettlement', {
      caseId: view.case.caseId,
      contact: { name: '李四', phone: '13800138000' as never },
      refund: refund as never,
      invoices: invoices as never,
      disconnectReason: 'moved',
    })

  test('needs a card number that is one, and a way that is open for the amount', async () => {
    service.state.account = (msisdn) => ({
      ...doubleAccount(msisdn),
      buckets: [{ id: 'K-1', kind: 'cash', name: '通用余额', remainingFen: 120_000 }],
    })
    const view = await preCheckedCase(counter, last)
    expect(code(await save(view, { route: 'bankCard', holderName, account: '6222021234567890123' }))).toBe(
      'refund.cardNumber',
    )
    expect(code(await save(view, { route: 'mobileNumber', holderName, account: '13800138001' }))).toBe(
      'refund.overLimit',
    )
    expect(code(await save(view, { route: 'bankCard', holderName, account: '6222 0212 3456 7890 128' }))).toBe('ok')
  })

  test('asks for the invoices it makes void, newest first, unaltered', async () => {
    service.state.account = invoicedCredit
    const view = await preCheckedCase(counter, last)
    expect(view.progress.moneyBack?.invoices.map((bill) => bill.id)).toEqual(['B-7', 'B-5'])
    expect(view.progress.missing.filter((item) => item.code === 'invoice').map((item) => item.params.period)).toEqual([
      '2026-07',
      '2026-05',
    ])
    const invoice = (billId: string, change: object = {}) => ({
      billId,
      way: 'originalReturned',
      invoiceNumber: '04401900',
      amountFen: 5000,
      ...change,
    })
    const refund = { route: 'cash', holderName }
    expect(code(await save(view, refund, [invoice('B-7')]))).toBe('invoice.missing')
    expect(code(await save(view, refund, [invoice('B-7'), invoice('B-5', { amountFen: 4999 })]))).toBe(
      'invoice.differs',
    )
    expect(code(await save(view, refund, [invoice('B-7'), invoice('B-5'), invoice('B-6')]))).toBe('invoice.differs')
    expect(code(await save(view, refund, [invoice('B-7'), invoice('B-5', { way: 'redLetter' })]))).toBe('ok')
    const saved = await counter.done('case.view', { caseId: view.case.caseId })
    expect(saved.progress.missing.filter((item) => item.code === 'invoice')).toEqual([])
  })
})

describe('keeping an agreement until its end', () => {
  test('postpones the case to the first free day, and reopening asks for proof and pre-check anew', async () => {
    const today = shanghaiDate(Date.now())
    const endDate = addDays(today, 400)
    service.state.account = (msisdn) => ({
      ...doubleAccount(msisdn),
      agreements: [{ ...premiumAgreement, agreementPeriod: { startDate: '2026-01-01', endDate } }],
    })
    const view = await preCheckedCase(counter, last)
    const { caseId, msisdn } = view.case
    const [agreement] = view.case.preCheck!.account.agreements
    expect(code(await counter.call('case.postpone', { caseId }))).toBe('case.nothingKept')
    const kept = await counter.done('case.chooseAgreement', { caseId, agreementId: agreement!.id, option: 'keep' })
    expect(kept.progress.missing.some((item) => item.code === 'keep')).toBe(true)
    const waiting = await counter.done('case.postpone', { caseId })
    expect(waiting.case.state).toBe('postponed')
    expect(waiting.case.postponed!.until > today).toBe(true)
    expect(waiting.case.postponed!.until <= addDays(endDate, 1)).toBe(true)
    expect(code(await counter.call('case.open', { msisdn }))).toBe('case.alreadyOpen')
    const note = await counter.done('receipt.print', { caseId })
    expect(note.printNumber).toBe(1)
    const again = await counter.done('case.reopen', { caseId })
    expect(again.case.state).toBe('draft')
    expect([again.case.proof, again.case.preCheck, again.case.postponed]).toEqual([undefined, undefined, undefined])
    expect(again.case.document?.name).toBe(holderName)
    expect(code(await counter.call('case.reopen', { caseId }))).toBe('case.notPostponed')
  })
})
