import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operatorWords } from '../../service/operator-page/words.ts'
import type { Language } from '../../src/shared/i18n/translate.ts'
import { untilOrder } from '../support/e2e/held-orders.ts'
import { type Counter, clerk, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, signCase } from '../support/e2e/prepare-case.ts'

let counter: Counter
/** Home provinces of the two orders under way. */
const homes: string[] = []

beforeAll(async () => {
  counter = await openCounter()
  await signInAs(counter.window, clerk)
  await counter.control({ reviewFactor: 1000 })
  while (homes.length < 2) {
    const person = await counter.next('clean')
    if (homes.includes(person.province)) continue
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    await signCase(counter, caseId)
    await counter.done('case.submit', { caseId })
    await untilOrder(counter, caseId, ({ stage }) => stage === 'homeReview')
    homes.push(person.province)
  }
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

async function openPage(language: Language): Promise<Page> {
  const context = await counter.browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: language === 'en' ? 'en-GB' : 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  await page.goto(counter.stack.operatorPage())
  await page.locator('main:visible').waitFor()
  return page
}

describe.each(['zh-CN', 'en'] as const)('the operator’s page in %s', (language) => {
  const words = operatorWords(language)

  test('a province chosen by keyboard narrows stages and both tables, and the choice keeps the focus', async () => {
    const page = await openPage(language)
    await page.locator('#longest tr:nth-child(3)').waitFor()
    const [home] = homes
    const chosen = page.locator(`#provinces button[data-code="${home}"]`)
    for (let stops = 0; stops < 40 && !(await chosen.evaluate((one) => one === document.activeElement)); stops++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator(`#provinces button[data-code="${home}"][aria-pressed="true"]:focus`).waitFor()
    const named = words[`province.${home}`]!
    await page.locator('#stages-title', { hasText: named }).waitFor()
    const label = await page.locator('#stages').getAttribute('aria-label')
    expect(label).toContain(`${words['orderStage.homeReview']} 1`)
    expect(await page.locator('#longest tr').count()).toBe(2)
    expect(await page.locator('#longest td:nth-child(2)').textContent()).toBe(named)
    expect(await page.locator('#systems td:first-child').allTextContents()).toEqual([expect.stringContaining(named)])
    await page.context().close()
  })

  test('a system that does not answer is not called well', async () => {
    await counter.control({ targets: { face: { down: true } } })
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'photographed')).case
    const proof = await counter.ask('case.prove', { caseId, servicePassword: person.servicePassword })
    expect(proof.ok).toBe(false)
    await counter.control({ targets: { face: null } })
    const page = await openPage(language)
    const row = page.locator('#systems tr', { hasText: words['system.face']! })
    expect([words['breaker.someFail'], words['breaker.allFail']]).toContain(await row.locator('.tag').textContent())
    await page.context().close()
  })

  test('nothing a screen reader or a weak eye would stumble over', async () => {
    const page = await openPage(language)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    await page.context().close()
  })
})

test('a wrong token and a service that is gone are said', async () => {
  const words = operatorWords('zh-CN')
  const page = await openPage('zh-CN')
  await counter.stack.killService()
  await page.locator('#as-of.stale', { hasText: words.stale!.split('{')[0]! }).waitFor({ timeout: 20_000 })
  await counter.stack.startService()
  const other = await (await counter.browser.newContext({ locale: 'zh-CN' })).newPage()
  await other.goto(counter.stack.operatorPage().replace(/token=.*/, 'token=wrong'))
  await other.getByText(words.denied!).waitFor()
})
