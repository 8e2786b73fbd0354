import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type CounterWindow,
  enterDocument,
  openCase,
  prove,
  signAndSubmit,
  takePictures,
} from '../../scripts/demo/counter-window.ts'
import { formatYuan } from '../../src/shared/domain/money.ts'
import { untilOrder } from '../support/e2e/held-orders.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'
import {
  caseIdOf,
  contactPhone,
  enterContactAndReason,
  tabTo,
  throughPreCheck,
  toSignature,
} from '../support/e2e/walk.ts'

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

test('an account that changed after the signature: the customer sees both figures, signs the new ones by keyboard and pays the rest', async () => {
  const person = await counter.next('clean')
  await openCase(window, person)
  await enterDocument(window, person)
  await takePictures(window)
  await prove(window, person)
  await throughPreCheck(window)
  await enterContactAndReason(window)
  await toSignature(window)
  await counter.control({ reviewFactor: 1000 })
  await signAndSubmit(window)
  const caseId = caseIdOf(window)
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order?.stage, { timeout: 30_000 })
    .toBe('homeReview')
  await counter.control({ accounts: { [person.msisdn]: { unbilledFen: 123_456 } } })
  await counter.control({ reviewFactor: 0 })
  await window.reads('order.figures.title')
  const { figures } = (await counter.done('case.view', { caseId })).order!
  expect(figures!.dueFen).toBeGreaterThan(0)
  const { page } = window
  await page.getByText(formatYuan(figures!.settlement.totalFen)).first().waitFor()
  mkdirSync('out/e2e', { recursive: true })
  await page.screenshot({ path: 'out/e2e/changed-figures.png', fullPage: true })

  await tabTo(window, '.signature-pad-paper')
  for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'Space']) await page.keyboard.press(key)
  await window.enter('order.figures.acceptPaid', { amount: formatYuan(figures!.dueFen) })
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order?.stage, { timeout: 60_000 })
    .toBe('deactivated')
  const { order, case: case_ } = await counter.done('case.view', { caseId })
  expect(order!.events.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['figuresChanged', 'figuresAccepted', 'deactivated']),
  )
  expect(case_.payments.at(-1)!.amountFen).toBe(figures!.dueFen)
  await page.screenshot({ path: 'out/e2e/changed-figures-done.png', fullPage: true })
})

test('a refund that grows past what one person decides: a supervisor signs for the sum, then the customer, by keyboard', async () => {
  const person = await counter.next('prepaid-refund')
  const { caseId } = (await prepareCase(counter, person, 'checked')).case
  await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: person.person.name, phone: contactPhone as never },
    disconnectReason: 'moved',
    refund: { route: 'cash', holderName: person.person.name },
  })
  await signCase(counter, caseId)
  await counter.control({ reviewFactor: 1000 })
  await counter.done('case.submit', { caseId })
  await untilOrder(counter, caseId, ({ stage }) => stage === 'homeReview')
  await counter.control({ accounts: { [person.msisdn]: { depositFen: 60_000 } } })
  await counter.control({ reviewFactor: 0 })
  const { approvals, settlement } = (await untilOrder(counter, caseId, ({ figures }) => figures !== undefined)).figures!
  expect(approvals.map(({ subject }) => subject)).toContain('largeRefund')
  await showCase(counter, window, caseId)
  await window.reads('order.figures.approvals')
  const { page } = window
  for (const _ of approvals) {
    const before = (await counter.done('case.view', { caseId })).case.approvals.length
    await tabTo(window, 'input[name="approver.staffId"]')
    await window.type(supervisor.staffId)
    await window.press('Tab')
    await window.type(supervisor.password)
    if (before === 0) await page.screenshot({ path: 'out/e2e/figures-approval.png' })
    await window.enter('case.deed.confirmApproval')
    await expect.poll(async () => (await counter.done('case.view', { caseId })).case.approvals.length).toBe(before + 1)
  }
  await tabTo(window, '.signature-pad-paper')
  for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'Space']) await page.keyboard.press(key)
  await window.enter('order.figures.accept')
  const done = await untilOrder(counter, caseId, ({ stage }) => stage === 'deactivated')
  expect(done.refundFen).toBe(settlement.refundableFen)
  // What is shown and printed from now on is what was signed last.
  expect((await counter.done('case.view', { caseId })).progress.settlement).toEqual(settlement)
})
