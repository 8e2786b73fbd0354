import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CaseView } from '../../src/shared/contract/views.ts'
import {
  type Counter,
  clerk,
  coreAt,
  openCounter,
  secondClerk,
  signInAs,
  supervisor,
} from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'

let counter: Counter
const cases: Record<'bill' | 'review', string> = { bill: '', review: '' }
const msisdns: string[] = []

const viewOf = (caseId: string): Promise<CaseView> => counter.done('case.view', { caseId })
const stageOf = async (caseId: string) => (await viewOf(caseId)).order?.stage
const until = (caseId: string, stage: string) =>
  expect.poll(() => stageOf(caseId), { timeout: 60_000, interval: 200 }).toBe(stage)

async function submitted(): Promise<string> {
  const person = await counter.next('clean')
  msisdns.push(person.msisdn)
  const { case: case_, progress } = await prepareCase(counter, person, 'settled')
  const { caseId } = case_
  const due = progress.settlement!.payableFen
  if (due > 0) await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: due })
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await until(caseId, 'homeReview')
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

/** The picture in both languages, which keeps nobody out. */
async function picture(name: string, key: Parameters<Counter['window']['say']>[0]) {
  const { window } = counter
  const { done } = coreAt(counter.stack.counterUrl())
  await window.page.screenshot({ path: `out/e2e/${name}-zh-CN.png` })
  expect(await barriers()).toEqual([])
  return async (again: () => Promise<void>) => {
    await done('app.setLanguage', { language: 'en' })
    window.language = 'en'
    await window.page.reload()
    await again()
    await window.reads(key)
    await window.page.screenshot({ path: `out/e2e/${name}-en.png` })
    expect(await barriers()).toEqual([])
    // Half as large again on the smallest display.
    await window.page.setViewportSize({ width: 911, height: 512 })
    await window.page.screenshot({ path: `out/e2e/${name}-150.png` })
    await window.page.setViewportSize({ width: 1366, height: 768 })
    await done('app.setLanguage', { language: 'zh-CN' })
    window.language = 'zh-CN'
    await window.page.reload()
    await again()
    await window.reads(key)
  }
}

beforeAll(async () => {
  mkdirSync('out/e2e', { recursive: true })
  counter = await openCounter()
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

test('a clerk hands two orders in, and the supervisor comes', async () => {
  await signInAs(counter.window, clerk)
  await counter.control({ reviewFactor: 10_000 })
  cases.review = await submitted()
  cases.bill = await submitted()
  await counter.done('session.signOut')
  await counter.window.page.reload()
  await signInAs(counter.window, supervisor)
})

/** What has the focus in the very moment in which something comes onto the page, before anything is painted or another key is heard. */
async function focusWhenThere(selector: string, open: () => Promise<void>): Promise<string> {
  const { page } = counter.window
  await page.evaluate((wanted) => {
    const found = new MutationObserver(() => {
      if (!document.querySelector(wanted)) return
      const focused = document.activeElement!
      Object.assign(globalThis, {
        focusedFirst: focused.getAttribute('name') ?? focused.getAttribute('role') ?? focused.className,
      })
      found.disconnect()
    })
    Object.assign(globalThis, { focusedFirst: undefined })
    found.observe(document.body, { childList: true, subtree: true })
  }, selector)
  await open()
  await page.waitForFunction(() => (globalThis as { focusedFirst?: string }).focusedFirst !== undefined)
  return page.evaluate(() => (globalThis as unknown as { focusedFirst: string }).focusedFirst)
}

test('a dialog has the focus where it is typed as soon as it is there, so that no quick key is lost', async () => {
  const { window } = counter
  await showCase(counter, window, cases.review)
  expect(await focusWhenThere('.reason-dialog', () => window.press('F3'))).toBe('reason')
  await window.press('Escape')
  // While the service is asked, Enter must not press what happens to be the first button.
  expect(await focusWhenThere('dialog[open]', () => window.press('F2'))).toBe('status')
  await window.page.locator('.repair').waitFor()
  await window.press('Escape')
  expect(await focusWhenThere('.repair', () => window.press('F2'))).toBe('radio')
  await window.press('Escape')
  await window.page.locator('dialog').waitFor({ state: 'detached' })
})

test('a supervisor returns an order to the customer and then refuses it, from the order screen by keyboard', async () => {
  const { window } = counter
  const { page } = window
  const caseId = cases.review
  await showCase(counter, window, caseId)
  const open = async () => {
    await page.locator('.frame-stub .primary-action-button').first().waitFor()
    await window.press('F2')
  }
  await open()
  await window.reads('repair.returnToCustomer')
  const shown = await picture('repair', 'repair.returnToCustomer')
  await shown(open)
  // Retry, hand over, return, refuse: the arrows choose, Tab goes to the reason.
  await window.press('ArrowDown', 'ArrowDown')
  expect(await page.locator('.repair [aria-checked="true"]').innerText()).toContain(
    window.say('repair.returnToCustomer'),
  )
  await window.press('Tab')
  await window.type('签名看不清，请客户来厅')
  await window.press('Enter')
  await window.reads('order.returned.title')
  await page.getByText('签名看不清，请客户来厅').first().waitFor()
  await until(caseId, 'returned')
  await page.screenshot({ path: 'out/e2e/repair-returned.png', fullPage: true })

  await open()
  await window.reads('repair.refuse')
  await window.press('ArrowUp')
  expect(await page.locator('.repair [aria-checked="true"]').innerText()).toContain(window.say('repair.refuse'))
  await window.press('Tab')
  await window.type('发现冒用')
  await window.press('Tab')
  await window.type('not-the-password')
  await window.press('Enter')
  await window.reads('error.approval.credentials')
  expect(await barriers()).toEqual([])
  await page.screenshot({ path: 'out/e2e/repair-refuse.png' })
  await window.type(supervisor.password)
  await window.press('Enter')
  await until(caseId, 'refused')
  expect((await viewOf(caseId)).order!.refusedFor).toEqual({ code: 'BY_STORE', params: { text: '发现冒用' } })
  await window.reads('order.refusedHereFor', { reason: '发现冒用' })
  await page.locator('dialog').waitFor({ state: 'detached' })
  // The focus is where it was before.
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY')
  await page.screenshot({ path: 'out/e2e/repair-refused.png', fullPage: true })
})

test('from a ticket on the supervision screen, the order behind it is handed to somebody else', async () => {
  const { window } = counter
  const { page } = window
  await counter.control({ accounts: { [msisdns[1]!]: { unseenFen: 5_000 } }, reviewFactor: 0 })
  await counter.toDesk(window)
  await window.reads('desk.attention.tickets', { count: 1 })
  await window.press('F9')
  await window.reads('ticketKind.finalBillTooHigh')
  await page.screenshot({ path: 'out/e2e/supervision-ticket.png' })
  await window.press('F2')
  await window.reads('repair.handOver')
  // Past the point of no return there is no way back.
  expect(await page.getByText(window.say('repair.refuse')).count()).toBe(0)
  await window.press('ArrowDown')
  await window.press('Tab', 'ArrowDown')
  await page.locator('.ant-select-item-option-active').waitFor()
  await window.press('ArrowDown', 'ArrowDown', 'Enter')
  await page.locator('.ant-select-content, .ant-select-selection-item').getByText(secondClerk.name).waitFor()
  // While the list is still open Tab belongs to it and leads nowhere.
  await page.locator('dialog [role="combobox"][aria-expanded="false"]').waitFor()
  await window.press('Tab')
  await window.type('休班，请同事跟进')
  expect(await barriers()).toEqual([])
  await page.screenshot({ path: 'out/e2e/repair-hand-over.png' })
  await window.press('Enter')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await expect
    .poll(async () => (await viewOf(cases.bill)).order?.responsible?.name, { timeout: 30_000 })
    .toBe(secondClerk.name)
  await showCase(counter, window, cases.bill)
  await window.reads('order.responsible')
  await page.screenshot({ path: 'out/e2e/repair-responsible.png', fullPage: true })
})
