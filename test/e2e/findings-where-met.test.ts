import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CounterWindow } from '../../scripts/demo/counter-window.ts'
import { blockerEntry } from '../../src/shared/domain/blocker-catalogue.ts'
import { type Counter, clerk, openCounter, ownProvince, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'

/*
 * A finding is not only met in the pre-check. Wherever a clerk meets one, the customer asks the same: what is it, how is it removed, who
 * does that, where, what does it cost? The answer stands beside what was just done.
 */

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

/** The window explains a code as the pre-check would. */
async function explains(code: string): Promise<void> {
  const entry = blockerEntry(code)!
  const facts = window.page.locator('dl.finding-facts').filter({ hasText: entry.remedy.zh })
  await facts.first().waitFor({ timeout: 30_000 })
  await window.page.getByText(entry.zh).first().waitFor()
  const words = await facts.first().innerText()
  for (const key of ['finding.remedy', 'finding.owner', 'finding.where', 'finding.cost'] as const)
    expect(words).toContain(window.say(key))
  expect(words).toContain(window.say(`owner.${entry.owner}`))
  mkdirSync('out/e2e', { recursive: true })
  await window.page.screenshot({ path: `out/e2e/finding-${code}.png` })
}

test('on the desk: a number of this province is not for the remote flow', async () => {
  const { directory } = counter.stack.simulators
  const people = (await (await fetch(`${directory}/directory.json?scenario=finding-NOT_REMOTE`)).json()) as {
    msisdn: string
    province: string
  }[]
  const neighbour = people.find(({ province }) => province === ownProvince)!
  await window.press('F2')
  await window.type(neighbour.msisdn)
  await window.press('Enter')
  await explains('NOT_REMOTE')
  await window.press('Escape')
})

test('when the number is asked for: nobody knows it', async () => {
  const { case: opened } = await counter.done('case.open', { msisdn: (await counter.next('finding-NOT_FOUND')).msisdn })
  await showCase(counter, window, opened.caseId)
  await explains('NOT_FOUND')
})

test('at the proof: the service password is wrong', async () => {
  const person = await counter.next('finding-PASSWORD_FAIL')
  const view = await prepareCase(counter, person, 'photographed')
  await showCase(counter, window, view.case.caseId)
  await window.page.locator('input[name="servicePassword"]').waitFor()
  await window.page.locator('input[name="servicePassword"]').focus()
  await window.type('000000')
  await window.press('Enter')
  await explains('PASSWORD_FAIL')
})

test('in the form: the contact is the number that ends', async () => {
  const person = await counter.next('finding-CONTACT_SAME')
  const view = await prepareCase(counter, person, 'checked')
  await showCase(counter, window, view.case.caseId)
  const phone = window.page.locator('input[name="contact.phone"]')
  await phone.waitFor()
  await phone.focus()
  await window.type(person.msisdn)
  await window.press('Tab', 'Tab', '1', 'Enter')
  await explains('CONTACT_SAME')
})

test('after the submission: the home province refuses for the customer', async () => {
  const person = await counter.next('finding-USER_CAUSE_FAIL')
  const { case: case_, progress } = await prepareCase(counter, person, 'settled')
  const { caseId } = case_
  const due = progress.settlement!.payableFen
  if (due > 0) await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: due })
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order?.refusedFor?.code, { timeout: 30_000 })
    .toBe('USER_CAUSE_FAIL')
  await window.page.evaluate((id) => {
    location.hash = `#/case/${id}`
  }, caseId)
  const { params } = (await counter.done('case.view', { caseId })).order!.refusedFor!
  await explains(typeof params.blocker === 'string' ? params.blocker : 'USER_CAUSE_FAIL')
})
