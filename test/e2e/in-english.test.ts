import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Expectation } from '../../scripts/demo/cases.ts'
import { checkDatabase } from '../../scripts/demo/check-database.ts'
import {
  approve,
  type CounterWindow,
  enterDocument,
  openCase,
  prove,
  signAndSubmit,
  takePictures,
} from '../../scripts/demo/counter-window.ts'
import { formatInstant } from '../../src/shared/domain/calendar.ts'
import { maskName } from '../../src/shared/domain/masking.ts'
import { chineseIn, chineseLeft } from '../support/e2e/chinese-left.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import {
  backToDesk,
  caseIdOf,
  enterContactAndReason,
  enterOneOf,
  tabTo,
  throughPreCheck,
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

test('in English nothing Chinese is left but names and data, from the desk to the receipt', async () => {
  const { page } = window
  expect((await chineseLeft(page, [])).length, 'the search for Chinese finds what is there').toBeGreaterThan(20)
  await tabTo(window, '.staff-menu-opener')
  await window.press('Enter', 'Enter')
  window.language = 'en'
  await window.reads('desk.newCase')
  const person = await counter.next('premium')
  let caseId: string | undefined
  const left: Record<string, string[]> = {}
  const look = async (where: string) => {
    const data = [
      ...chineseIn(await counter.done('app.view')),
      ...chineseIn(person),
      ...chineseIn((await counter.done('case.list', { filter: 'all' })).rows),
      maskName(person.person.name),
    ]
    if (caseId) data.push(...chineseIn(await counter.done('case.view', { caseId })))
    const found = await chineseLeft(page, data)
    if (found.length > 0) left[where] = found
  }
  await look('desk')
  await window.press('F1')
  await page.locator('dialog[open]').waitFor()
  await look('help')
  // What a clerk may not do is no key of theirs.
  expect(await page.locator('dialog[open]').getByText(window.say('key.audit'), { exact: true }).count()).toBe(0)
  await window.press('Escape', 'Control+k')
  await page.locator('.search-input').waitFor()
  await look('search')
  await window.press('Escape', 'F8')
  // The desk says the same words on its stub: only the heading tells that the page is there.
  await page.getByRole('heading', { name: window.say('outbox.title') }).waitFor()
  await look('outbox')
  await backToDesk(window)

  await openCase(window, person)
  caseId = caseIdOf(window)
  await look('identity, empty')
  await window.press('F2')
  await window.reads('case.number.intro')
  await look('number')
  await window.press('F3')
  await enterDocument(window, person)
  await takePictures(window)
  await look('identity, to be proved')
  await prove(window, person, true)
  await window.reads('case.preCheck.account')
  await look('pre-check')
  await throughPreCheck(window)
  await page.getByText('18,388.50').first().waitFor()
  await look('agreements')
  await window.press('1')
  await window.enter('case.deed.approve')
  await look('approval')
  await window.press('Escape')
  await approve(window, supervisor.staffId, supervisor.password)
  await window.enter('case.deed.next', { step: window.say('step.settlement') })
  await window.page.locator('input[name="contact.phone"]').waitFor()
  await look('settlement')
  await enterContactAndReason(window)
  await window.enter('case.deed.takePayment')
  await toSignature(window)
  await window.reads('case.signature.pad')
  await page.locator('iframe').waitFor()
  await look('signature')
  await signAndSubmit(window)
  await window.reads('order.lead.completed')
  await look('order')
  await enterOneOf(window, ['order.toReceipt'])
  await window.reads('receipt.lead')
  await page
    .getByText(formatInstant((await counter.done('case.view', { caseId })).case.submittedAt!))
    .first()
    .waitFor()
  await look('receipt')
  expect(left).toEqual({})
  await backToDesk(window)
  expectations.push({ title: 'English', msisdn: person.msisdn, paidFen: 1_838_850, approvals: ['premiumNumber'] })
})

test('the service has done each of these exactly once, and no page met an error', async () => {
  expect(counter.problems).toEqual([])
  await counter.window.page.close()
  await counter.stack.stop()
  expect(await checkDatabase(counter.folder, expectations)).toEqual([])
})
