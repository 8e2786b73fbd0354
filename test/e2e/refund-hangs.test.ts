import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatYuan } from '../../src/shared/domain/money.ts'
import { cardNumber } from '../support/card-number.ts'
import { type Counter, clerk, coreAt, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'
import { contactPhone } from '../support/e2e/walk.ts'

/* A payment provider that took a refund and does not know of it any more: what the supervisor does about it, by keyboard alone. */

/** The provider's trial card whose refunds it forgets. */
const forgottenCard = cardNumber('62030212345678901')

let counter: Counter
const caseIds: string[] = []
const viewOf = (caseId: string) => counter.done('case.view', { caseId })
const codesOf = async (caseId: string) => (await viewOf(caseId)).order!.events.map(({ code }) => code)

/** Submits a case whose balance goes back to the forgotten card; returns when the number is cancelled. */
async function cancelled(): Promise<string> {
  const person = await counter.next('prepaid-refund')
  const { caseId } = (await prepareCase(counter, person, 'checked')).case
  await counter.done('case.saveSettlement', {
    caseId,
    contact: { name: person.person.name, phone: contactPhone as never },
    disconnectReason: 'moved',
    refund: { route: 'bankCard', account: forgottenCard, holderName: person.person.name },
  })
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await untilCancelled(counter, caseId)
  return caseId
}

/** What axe finds that keeps people out. */
async function barriers(): Promise<string[]> {
  const { page } = counter.window
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`))
}

const photograph = (name: string) => counter.window.page.screenshot({ path: `out/e2e/refund-hangs-${name}.png` })
const chosen = () => counter.window.page.locator('.repair [aria-checked="true"]').innerText()
const field = (name: string) => counter.window.page.locator(`dialog input[name="${name}"]`)
const isFocused = (name: string) =>
  expect.poll(() => counter.window.page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe(name)

beforeAll(async () => {
  mkdirSync('out/e2e', { recursive: true })
  counter = await openCounter({ refundPollSeconds: 0.3, refundForgottenSeconds: 1 })
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

test('two refunds hang, and both are told to the supervisor', async () => {
  await signInAs(counter.window, clerk)
  caseIds.push(await cancelled(), await cancelled())
  await counter.done('session.signOut')
  await counter.window.page.reload()
  await signInAs(counter.window, supervisor)
  await expect
    .poll(async () => (await counter.done('supervision.view')).tickets.map(({ kind }) => kind), { timeout: 30_000 })
    .toEqual(['refundHangs', 'refundHangs'])
  await counter.window.reads('desk.attention.tickets', { count: 2 })
})

test('the dialog says which money is meant and what each way does, in both languages', async () => {
  const { window } = counter
  const { page } = window
  const { done } = coreAt(counter.stack.counterUrl())
  for (const language of ['en', 'zh-CN'] as const) {
    await done('app.setLanguage', { language })
    window.language = language
    await page.reload()
    await counter.toDesk(window)
    await window.press('F9')
    await window.reads('ticketKind.refundHangs')
    await photograph(`ticket-${language}`)
    await window.press('F2')
    await window.reads('repair.sendRefundAgain')
    const { refundFen } = (await viewOf(caseIds[0]!)).order!
    await page.locator('.repair').getByText(formatYuan(refundFen!), { exact: false }).first().waitFor()
    expect(await chosen()).toContain(window.say('repair.askRefundAgain'))
    expect(await field('reference').count()).toBe(0)
    expect(await field('password').count()).toBe(0)
    await window.press('ArrowDown')
    await field('password').waitFor()
    await window.press('ArrowDown')
    await field('reference').waitFor()
    expect(await barriers()).toEqual([])
    await photograph(`dialog-${language}`)
    await page.setViewportSize({ width: 911, height: 512 })
    await photograph(`dialog-150-${language}`)
    await page.setViewportSize({ width: 1366, height: 768 })
    await window.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  }
})

test('what the provider confirmed as paid is settled by its reference, a reason and the password', async () => {
  const { window } = counter
  const { page } = window
  const ticket = (await counter.done('supervision.view')).tickets[0]!
  await window.press('F2')
  await window.reads('repair.refundPaid')
  await window.press('ArrowDown', 'ArrowDown')
  expect(await chosen()).toContain(window.say('repair.refundPaid'))
  await window.press('Tab')
  await isFocused('reference')
  await window.type('YL-2026-0007')
  await window.press('Tab')
  await window.type('支付机构书面答复')
  await window.press('Tab')
  await isFocused('password')
  await window.type('not-the-password')
  await window.press('Enter')
  await window.reads('error.approval.credentials')
  // What was typed stays, but for the password, where one goes on.
  expect(await field('reference').inputValue()).toBe('YL-2026-0007')
  expect(await field('password').inputValue()).toBe('')
  expect(await barriers()).toEqual([])
  await photograph('wrong-password')
  await window.type(supervisor.password)
  await window.press('Enter')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => codesOf(ticket.caseId!), { timeout: 30_000 }).toContain('refundSettledByHand')
  await showCase(counter, window, ticket.caseId!)
  await page.getByText('YL-2026-0007').first().waitFor()
  await page.screenshot({ path: 'out/e2e/refund-hangs-settled.png', fullPage: true })
})

test('what was never paid is handed out by the store: from the order itself, though it has ended', async () => {
  const { window } = counter
  const { page } = window
  const settled = await Promise.all(caseIds.map(codesOf))
  const caseId = caseIds[settled.findIndex((codes) => !codes.includes('refundSettledByHand'))]!
  await showCase(counter, window, caseId)
  await window.press('F2')
  await window.reads('repair.refundNotPaid')
  await window.press('ArrowUp')
  expect(await chosen()).toContain(window.say('repair.refundNotPaid'))
  await window.press('Tab')
  await isFocused('reason')
  await window.type('支付机构书面确认未付')
  await window.press('Tab')
  await window.type(supervisor.password)
  await window.press('Enter')
  await page.locator('dialog').waitFor({ state: 'detached' })
  const { refundFen } = (await viewOf(caseId)).order!
  await expect.poll(async () => (await viewOf(caseId)).order!.owedHereFen, { timeout: 30_000 }).toBe(refundFen)
  await window.reads('order.owed.lead', { amount: formatYuan(refundFen!) })
  // Nothing is left to be put right, and the key says so.
  await page.screenshot({ path: 'out/e2e/refund-hangs-owed.png', fullPage: true })
})
