import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CounterWindow, signAndSubmit } from '../../scripts/demo/counter-window.ts'
import { refusedInvoiceOrder, untilOrder } from '../support/e2e/held-orders.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'
import { tabTo } from '../support/e2e/walk.ts'

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)
beforeEach(() => counter.toDesk(window))

/** Somebody else takes over at this counter. */
async function handOverTo(member: typeof clerk): Promise<void> {
  await counter.toDesk(window)
  await counter.done('session.signOut')
  await window.reads('signIn.lead')
  await signInAs(window, member)
}

/** The supervisor looks at face and card as well, and signs with F12. */
async function confirmByEye(caseId: string): Promise<void> {
  await showCase(counter, window, caseId)
  await window.press('F12')
  await window.page.locator('input[name="approver.staffId"]:focus').waitFor()
  await window.type(supervisor.staffId)
  await window.press('Tab')
  await window.type(supervisor.password)
  await window.enter('case.deed.confirmApproval')
  await expect
    .poll(async () =>
      (await counter.done('case.view', { caseId })).progress.approvalsNeeded.every((one) => one.granted),
    )
    .toBe(true)
}

test('a submission the service refuses is corrected from its order and sent again; a portrait that was missing is supplied', async () => {
  const person = await counter.next('no-portrait')
  const { caseId } = (await prepareCase(counter, person, 'settled')).case
  await confirmByEye(caseId)
  await signCase(counter, caseId)
  // Who has approved a case may not hand it in: the service alone can tell, and says so.
  await handOverTo(supervisor)
  await counter.done('case.submit', { caseId })
  await showCase(counter, window, caseId)
  await window.reads('error.approval.samePerson')
  await window.reads('caseStatus.attention')
  await window.enter('outbox.correct')
  await window.page.locator('[aria-keyshortcuts="F7"]').waitFor()
  const corrected = await counter.done('case.view', { caseId })
  expect(corrected.case).toMatchObject({ state: 'draft', approvals: [] })
  expect(corrected.case.proof).toBeDefined()

  await handOverTo(clerk)
  await confirmByEye(caseId)
  await window.press('F7')
  await signAndSubmit(window)
  const order = await untilOrder(counter, caseId, ({ stage }) => stage === 'deactivated')
  expect(order.events.filter(({ code }) => code === 'accepted')).toHaveLength(1)

  // The police library held no portrait: it stays a task, by keyboard, until it has been taken.
  await window.reads('order.portrait.title')
  await window.reads('order.portrait.byTwo', { clerk: clerk.name, second: supervisor.name })
  await counter.control({ counter: { person: person.msisdn } })
  await tabTo(window, 'button', 'Tab', window.say('order.portrait.take'))
  await window.press('Enter')
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).case.portraitSupplied?.staffId)
    .toBe(clerk.staffId)
  await window.reads('order.portrait.done')
  await expect.poll(async () => (await counter.done('case.view', { caseId })).waiting).toEqual([])
})

test('an invoice the home province does not take is corrected by keyboard, and the order goes on by itself', async () => {
  const caseId = await refusedInvoiceOrder(counter, '99887766')
  await showCase(counter, window, caseId)
  await window.reads('order.invoice.cause.NUMBER_DIFFERS')
  await window.page.locator('input[name="corrections.invoices"]:focus').waitFor()
  await window.type('11112222')
  await window.enter('order.invoice.handIn')
  await untilOrder(counter, caseId, ({ returnedFor }) => returnedFor?.params.invoiceNumber === '11112222')
  await window.page.locator('input[name="corrections.invoices"]:focus').waitFor()
  await window.type('99887766')
  await window.enter('order.invoice.handIn')
  await window.reads('order.lead.completed')
  const { order, case: case_ } = await counter.done('case.view', { caseId })
  expect(order!.stage).toBe('deactivated')
  expect(case_.invoices.map(({ invoiceNumber }) => invoiceNumber)).toContain('99887766')
})

test('what is typed while the search is fetched goes into the search, not into the field behind', async () => {
  const { page } = window
  await counter.reopen(window)
  await window.reads('desk.newCase')
  await page.locator('input:focus').waitFor()
  // The dialog's own code comes late, as over a slow wire.
  await page.route('**/search-dialog*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400))
    await route.continue()
  })
  await page.keyboard.press('Control+k')
  await page.keyboard.type('13935108826', { delay: 5 })
  await page.locator('.search-input').waitFor()
  await expect.poll(() => page.locator('.search-input').inputValue()).toBe('13935108826')
  await page.unroute('**/search-dialog*.js')
  await page.keyboard.press('Escape')
  await page.locator('dialog[open]').waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value.replace(/\D/g, ''))).toBe('')
})

test('no page met an error', () => expect(counter.problems).toEqual([]))
