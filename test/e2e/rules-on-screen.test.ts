import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CounterWindow } from '../../scripts/demo/counter-window.ts'
import { type Counter, clerk, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase } from '../support/e2e/prepare-case.ts'
import { tabTo } from '../support/e2e/walk.ts'

let counter: Counter
let window: CounterWindow
/** The shipped packs and two that have alternatives and a block. */
const packs = mkdtempSync(join(tmpdir(), 'packs-'))

beforeAll(async () => {
  cpSync('resources/rule-packs', packs, { recursive: true })
  cpSync('test/fixtures/rule-packs-on-screen', packs, { recursive: true })
  process.env.RULE_PACKS = packs
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(async () => {
  delete process.env.RULE_PACKS
  await counter?.close()
  rmSync(packs, { recursive: true, force: true })
})
keepPicturesOfFailures(() => counter)

async function barriers(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: window.page }).options({ resultTypes: ['violations'] }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

test('two rules stand side by side, and what waiting brings unfolds by keyboard', async () => {
  const { page, say } = window
  const { case: case_ } = await prepareCase(counter, await counter.next('handset'), 'checked')
  await showCase(counter, window, case_.caseId)
  const { progress, outlook } = await counter.done('case.view', { caseId: case_.caseId })
  expect(progress.quotes[0]!.quote!.alternatives).toHaveLength(1)
  await page.getByText(say('case.agreements.chosenBy.lowest')).waitFor()
  await page.getByText(say('case.agreements.otherRule'), { exact: true }).waitFor()
  const free = Object.values(outlook)[0]!.free!
  const line = page.getByRole('button', { name: new RegExp(free.on) })
  expect(await line.getAttribute('aria-expanded')).toBe('false')
  await tabTo(window, '.case-unfold')
  await window.press('Enter')
  expect(await line.getAttribute('aria-expanded')).toBe('true')
  await page.getByRole('table', { name: say('case.agreements.outlookTable') }).waitFor()
  expect(await barriers()).toEqual([])
  // Enter on the fold decided nothing.
  expect((await counter.done('case.view', { caseId: case_.caseId })).case.choices).toEqual([])
})

test('an agreement that is held says until when and why, and cannot be chosen', async () => {
  const { page, say } = window
  const { case: case_ } = await prepareCase(counter, await counter.next('modem'), 'checked')
  await showCase(counter, window, case_.caseId)
  const view = await counter.done('case.view', { caseId: case_.caseId })
  const held = view.progress.quotes.find(({ quote }) => quote?.hold)!.quote!
  await page
    .getByText(say('case.agreements.held', { until: held.hold!.until }), { exact: true })
    .first()
    .waitFor()
  await page.getByText(held.hold!.reason.zh).first().waitFor()
  expect(await page.getByText(say('case.agreements.terminateHeld')).count()).toBe(1)
  await window.press('ArrowUp', '1')
  const { choices } = (await counter.done('case.view', { caseId: case_.caseId })).case
  expect(choices.some(({ agreementId }) => agreementId === held.agreementId)).toBe(false)
  expect(await barriers()).toEqual([])
})
