import { afterAll, beforeAll, test } from 'vitest'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { prepareCase, showCase } from '../support/e2e/prepare-case.ts'

let counter: Counter
beforeAll(async () => {
  counter = await openCounter()
  await signInAs(counter.window, clerk)
})
afterAll(() => counter?.close())
test('look', async () => {
  for (const language of ['zh-CN', 'en'] as const) {
    await counter.done('app.setLanguage', { language })
    for (const scenario of [
      'combination-every-kind',
      'combination-bundle',
      'combination-soft-only',
      'combination-unknown-code',
    ]) {
      const person = await counter.next(scenario)
      const view = await prepareCase(counter, person, 'proved')
      await counter.done('case.preCheck', { caseId: view.case.caseId })
      await showCase(counter, counter.window, view.case.caseId)
      await counter.window.page.waitForTimeout(1200)
      await counter.window.page.screenshot({ path: `/tmp/look/${scenario}-${language}.png`, fullPage: true })
      if (scenario === 'combination-every-kind') {
        await counter.window.press('F11')
        await counter.window.page.waitForTimeout(1200)
        await counter.window.page.screenshot({ path: `/tmp/look/note-${language}.png` })
      }
    }
  }
  void supervisor
}, 200000)
