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
import { type Counter, clerk, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { caseIdOf, enterContactAndReason, tabTo, throughPreCheck, toSignature } from '../support/e2e/walk.ts'

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
