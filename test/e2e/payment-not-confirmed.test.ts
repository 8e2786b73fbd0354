import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'

let counter: Counter
const pictures = 'out/e2e'

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  counter = await openCounter()
  await signInAs(counter.window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

test('a mistyped authorisation code stops the order, and a supervisor puts it right at the keyboard', async () => {
  const { window, done } = counter
  const picture = (name: string) =>
    window.page.screenshot({ path: join(pictures, `${name}-${window.language}.png`), animations: 'disabled' })
  const prepared = await prepareCase(counter, await counter.next('arrears'), 'settled')
  const { caseId } = prepared.case
  const amountFen = prepared.progress.settlement!.payableFen
  // The provider knows no code that begins like this.
  await done('case.takePayment', { caseId, method: 'card', amountFen, authorizationCode: '000042' })
  await signCase(counter, caseId)
  await done('case.submit', { caseId })
  await showCase(counter, window, caseId)
  await expect
    .poll(async () => (await done('case.view', { caseId })).order?.events.map(({ code }) => code), { timeout: 30_000 })
    .toContain('paymentRefused')
  await window.page.getByText(window.say('providerCause.UNKNOWN_AUTHORIZATION')).first().waitFor()
  await picture('payment-refused')

  await done('session.signOut')
  await counter.reopen(window)
  await signInAs(window, supervisor)
  await window.page.evaluate(() => {
    location.hash = '#/supervision'
  })
  await window.reads('ticketKind.paymentRefused')
  await picture('payment-ticket')
  await window.press('F7')
  await window.reads('supervision.rightCode')
  await window.type('x1')
  await window.press('Tab')
  await window.type('签购单为另一号码')
  await window.enter('supervision.closeTicket')
  // Too short: refused where it was typed, and typed over.
  await window.page.locator('.field-error').first().waitFor()
  await picture('payment-right-code')
  await window.type('778899')
  await window.enter('supervision.closeTicket')
  await window.reads('supervision.none')
  await untilCancelled(counter, caseId)
  const { order } = await done('case.view', { caseId })
  expect(order?.events.map(({ code }) => code)).toEqual(expect.arrayContaining(['paymentCorrected', 'paymentsPosted']))
  expect(counter.problems).toEqual([])
})
