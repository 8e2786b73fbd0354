import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Expectation } from '../../scripts/demo/cases.ts'
import { checkDatabase } from '../../scripts/demo/check-database.ts'
import {
  type CounterWindow,
  enterDocument,
  openCase,
  prove,
  signAndSubmit,
  takePictures,
} from '../../scripts/demo/counter-window.ts'
import { fen, formatYuan } from '../../src/shared/domain/money.ts'
import { formatMsisdn } from '../../src/shared/domain/msisdn.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import {
  backToDesk,
  caseIdOf,
  enterContactAndReason,
  primaryAction,
  tabTo,
  throughPreCheck,
  toPreCheck,
  toSignature,
} from '../support/e2e/walk.ts'

let counter: Counter
let window: CounterWindow
/** What the service's database must say in the end. */
const expectations: Expectation[] = []

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

/** Sum of a case's order as its home province billed it, once it is completed; in fen. */
async function billedByHomeProvince(caseId: string): Promise<number | undefined> {
  const { order } = await counter.done('case.view', { caseId })
  return order?.events.find((event) => event.code === 'finalBill')?.params.amountFen as number | undefined
}

async function settleAndSubmit(): Promise<void> {
  await enterContactAndReason(window)
  await toSignature(window)
  await signAndSubmit(window)
}

describe('in Chinese, by keyboard alone', () => {
  // A test that fails leaves the window anywhere; the next one begins at the desk all the same.
  beforeEach(() => counter.toDesk(window))

  test('a clean case goes to its end, and the second print says that it is a copy', async () => {
    const person = await counter.next('clean')
    await openCase(window, person)
    await enterDocument(window, person)
    const cardRead = window.strokes()
    await takePictures(window)
    await prove(window, person)
    await throughPreCheck(window)
    await settleAndSubmit()
    // The signature counts as the customer's, who has a pen.
    expect(window.strokes() - cardRead).toBeLessThan(40)
    await window.reads('order.lead.completed')
    const caseId = caseIdOf(window)

    await window.enter('order.toReceipt')
    await window.reads('receipt.lead')
    const { page } = window
    await page.getByText(formatMsisdn(person.msisdn)).first().waitFor()
    await window.enter('receipt.print')
    await window.reads('receipt.times', { count: 1 })
    await page.getByText(window.say('paper.stateCompleted')).waitFor()
    expect(await page.getByText(window.say('paper.copy')).count()).toBe(0)
    await window.enter('receipt.printCopy')
    await window.reads('receipt.times', { count: 2 })
    await page.getByText(window.say('paper.copy', { number: 1 }), { exact: true }).waitFor()
    // What is printed is what stands on the page: name and number of the document are masked.
    expect(await page.getByText(person.person.name, { exact: true }).count()).toBe(0)
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByText(window.say('paper.copy', { number: 1 }), { exact: true }).isVisible()).toBe(true)
    expect(await page.locator('.primary-action-button').isVisible()).toBe(false)
    await page.emulateMedia({ media: null })
    expect((await counter.done('receipt.view', { caseId })).case.case.receiptPrints).toBe(2)
    await backToDesk(window)
    expectations.push({ title: 'clean', msisdn: person.msisdn })
  })

  test('arrears are paid with their late fee: the screen, the home province and the till agree to the fen', async () => {
    const person = await counter.next('arrears')
    await toPreCheck(window, person)
    await throughPreCheck(window)
    await enterContactAndReason(window)
    await window.page
      .locator('.primary-action-button')
      .filter({ hasText: window.say('case.deed.takePayment') })
      .waitFor()
    const caseId = caseIdOf(window)
    const { settlement } = (await counter.done('case.view', { caseId })).progress
    const due = settlement!.payableFen
    // Bills of 59.00 and 62.50, 72 and 41 days overdue, three per mille a day.
    expect(settlement!.lines.map(({ kind, amountFen }) => [kind, amountFen])).toEqual(
      expect.arrayContaining([
        ['bill', 5900],
        ['bill', 6250],
        ['lateFee', Math.round(5900 * 0.003 * 72)],
        ['lateFee', Math.round(6250 * 0.003 * 41)],
      ]),
    )
    expect(await primaryAction(window)).toContain(`¥ ${formatYuan(due)}`)
    const bill = window.page.locator('.case-bill')
    for (const line of settlement!.lines) await bill.getByText(formatYuan(line.amountFen)).first().waitFor()
    await window.page.locator('.frame-stub').getByText(formatYuan(due)).first().waitFor()
    await window.enter('case.deed.takePayment')
    await toSignature(window)
    await signAndSubmit(window)
    await window.reads('order.lead.completed')
    // The two bills were posted as paid before, so what the home province still billed is the late fee.
    expect(await billedByHomeProvince(caseId)).toBe(due - 5900 - 6250)
    await window.page.locator('.frame-stub').getByText(formatYuan(due)).first().waitFor()
    await backToDesk(window)
    expectations.push({
      title: 'arrears',
      msisdn: person.msisdn,
      paidFen: due,
      events: ['paymentsPosted', 'finalBill'],
    })
  })

  test('a waiver is granted by a supervisor only, and lowers the bill by exactly as much', async () => {
    const person = await counter.next('handset')
    await toPreCheck(window, person)
    await throughPreCheck(window)
    const caseId = caseIdOf(window)
    const { page } = window
    await page.getByText(window.say('case.agreements.waiver')).first().waitFor()
    const before = await counter.done('case.view', { caseId })
    await window.press('2')
    await page.locator('input[name="requestedWaiverFen"]').waitFor()
    await window.type('500')
    await window.press('Tab')
    await window.type('客户多年老用户')
    await window.press('Tab')
    await window.type(supervisor.staffId)
    await window.press('Tab')
    await window.type('not-the-password')
    await window.enter('case.deed.askWaiver')
    await window.reads('error.approval.credentials')
    expect((await counter.done('case.view', { caseId })).case.approvals).toEqual([])
    await tabTo(window, 'input[name="approver.staffId"]', 'Shift+Tab')
    await window.press('Control+a')
    await window.type(clerk.staffId)
    await window.press('Tab')
    await window.type(clerk.password)
    await window.enter('case.deed.askWaiver')
    await window.reads('error.approval.samePerson')
    expect((await counter.done('case.view', { caseId })).case.approvals).toEqual([])
    await tabTo(window, 'input[name="approver.staffId"]', 'Shift+Tab')
    await window.press('Control+a')
    await window.type(supervisor.staffId)
    await window.press('Tab')
    await window.type(supervisor.password)
    await window.enter('case.deed.askWaiver')
    await window.reads('case.agreements.waiverBy', { name: supervisor.name })
    const after = await counter.done('case.view', { caseId })
    expect(after.progress.settlement!.totalFen).toBe(before.progress.settlement!.totalFen - 50_000)
    await window.enter('case.deed.next', { step: window.say('step.settlement') })
    await enterContactAndReason(window)
    const due = after.progress.settlement!.payableFen
    await window.enter('case.deed.takePayment')
    await window.page.getByText(formatYuan(due)).first().waitFor()
    await toSignature(window)
    await signAndSubmit(window)
    await window.reads('order.lead.completed')
    expect(await billedByHomeProvince(caseId)).toBe(due)
    await backToDesk(window)
    expectations.push({ title: 'waiver', msisdn: person.msisdn, paidFen: due, approvals: ['waiver'] })
  })

  test('a code from the text message proves the holder as well as the password does', async () => {
    const person = await counter.next('clean')
    await openCase(window, person)
    await enterDocument(window, person)
    await takePictures(window)
    const { page } = window
    await page.locator('input[name="servicePassword"]').waitFor()
    await window.press('Shift+Tab', 'ArrowRight')
    await page.locator('input[name="oneTimeCode"]').waitFor()
    await tabTo(window, 'input[name="oneTimeCode"]')
    await window.press('Tab', 'Enter')
    await window.reads('case.identity.codeSent')
    const phone = await counter.browser.newPage()
    await phone.goto(`${counter.stack.simulators.sms}?to=${person.msisdn}`)
    const message = await phone.locator('tbody tr').first().textContent()
    await phone.close()
    await tabTo(window, 'input[name="oneTimeCode"]', 'Shift+Tab')
    await window.type(/(?<!\d)\d{6}(?!\d)/.exec(message!.replace(/\d{3} \d{4} \d{4}/g, ''))![0])
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
    const { proof } = (await counter.done('case.view', { caseId: caseIdOf(window) })).case
    expect(proof!.methods).toContain('oneTimeCode')
    expect(proof!.methods).not.toContain('servicePassword')
    await backToDesk(window)
  })

  test('prepaid cash goes back to the own card, the gift is forfeited and said so', async () => {
    const person = await counter.next('prepaid-refund')
    await toPreCheck(window, person)
    await throughPreCheck(window)
    const { page } = window
    await page.locator('input[name="refund.account"]').waitFor()
    const caseId = caseIdOf(window)
    const { settlement } = (await counter.done('case.view', { caseId })).progress
    expect(settlement!.refundableFen).toBe(8640 + 5000)
    expect(settlement!.lines.find(({ kind }) => kind === 'giftForfeited')).toBeDefined()
    await page.getByText(window.say('case.settlement.refundNote', { amount: formatYuan(fen(13_640)) })).waitFor()
    await page.locator('.frame-stub').getByText(window.say('case.stub.giftForfeited'), { exact: true }).waitFor()
    await tabTo(window, 'input[name="refund.account"]')
    await window.type('6222021234567890128')
    await window.press('Tab', 'Tab')
    await enterContactAndReason(window)
    await toSignature(window)
    await signAndSubmit(window)
    await window.reads('order.lead.completed')
    expect((await counter.done('case.view', { caseId })).order!.refundFen).toBe(13_640)
    await backToDesk(window)
    expectations.push({ title: 'refund', msisdn: person.msisdn, events: ['refundOrdered'] })
  })

  test('papers that came back are taken again and handed in', async () => {
    const person = await counter.next('papers-returned')
    await toPreCheck(window, person)
    await throughPreCheck(window)
    await settleAndSubmit()
    await window.reads('order.returned.title')
    await window.reads('order.returned.asked')
    await window.press('Enter')
    await window.reads('order.returned.taken')
    await tabTo(window, '.primary-action-button')
    await window.enter('order.returned.handIn')
    await window.reads('order.lead.completed')
    await backToDesk(window)
    expectations.push({ title: 'papers', msisdn: person.msisdn, events: ['returned', 'resupplied'] })
  })

  test('an order is withdrawn in time, another one urged', async () => {
    await counter.control({ reviewFactor: 1000 })
    const [leaving, hurrying] = [await counter.next('clean'), await counter.next('clean')]
    await toPreCheck(window, leaving)
    await throughPreCheck(window)
    await settleAndSubmit()
    await window.reads('order.lead.homeReview')
    await window.press('F4')
    await window.page.locator('dialog[open]').waitFor()
    await window.type('客户改变主意')
    await window.enter('order.withdraw.confirm')
    await window.reads('order.lead.withdrawn')
    const withdrawn = await counter.done('case.view', { caseId: caseIdOf(window) })
    expect(withdrawn.order!.stage).toBe('withdrawn')
    await backToDesk(window)

    await toPreCheck(window, hurrying)
    await throughPreCheck(window)
    await settleAndSubmit()
    await window.reads('order.lead.homeReview')
    await window.press('F3')
    await window.page.locator('dialog[open]').waitFor()
    await tabTo(window, '.reason-dialog-suggestions button')
    await window.press('Enter')
    await window.enter('order.urge.confirm')
    await window.page.getByText(window.say('orderEvent.urged').split('（')[0]!).first().waitFor({ timeout: 30_000 })
    await counter.control({ reviewFactor: 0 })
    await window.reads('order.lead.completed')
    await backToDesk(window)
    expectations.push({ title: 'urged', msisdn: hurrying.msisdn, events: ['urged'] })
  })
})

test('the service has done each of these exactly once, and no page met an error', async () => {
  expect(counter.problems).toEqual([])
  await counter.window.page.close()
  await counter.stack.stop()
  expect(await checkDatabase(counter.folder, expectations)).toEqual([])
})
