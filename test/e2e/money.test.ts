import { mkdirSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CounterWindow } from '../../scripts/demo/counter-window.ts'
import { shanghaiDate } from '../../src/shared/domain/calendar.ts'
import { fen, formatYuan } from '../../src/shared/domain/money.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'
import { contactPhone } from '../support/e2e/walk.ts'
import { readXlsx } from '../support/read-xlsx.ts'

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
  mkdirSync('out/e2e', { recursive: true })
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

const photograph = (name: string) => window.page.screenshot({ path: `out/e2e/${name}.png`, fullPage: true })

test('money is taken in parts with change, given back, and the case is abandoned properly', async () => {
  const person = await counter.next('arrears')
  const { caseId } = (await prepareCase(counter, person, 'settled')).case
  await showCase(counter, window, caseId)
  const { page } = window
  await page.locator('input[name="amount"]').waitFor()
  await page.locator('input[name="amount"]').fill('50')
  await page.locator('input[name="tendered"]').fill('100')
  await page.getByText(window.say('case.settlement.change')).waitFor()
  await photograph('money-payment')
  await window.page.locator('input[name="tendered"]').press('Enter')
  await expect.poll(async () => (await counter.done('case.view', { caseId })).case.payments.length).toBe(1)
  const [payment] = (await counter.done('case.view', { caseId })).case.payments
  expect([payment!.amountFen, payment!.tenderedFen]).toEqual([5000, 10_000])
  await window.press('Alt+Delete')
  await page.getByText(window.say('case.abandon.paid', { amount: formatYuan(fen(5000)) })).waitFor()
  await page
    .locator('.case-panel')
    .getByRole('button', { name: window.say('case.settlement.giveBack'), exact: true })
    .click()
  await photograph('money-give-back')
  await page
    .getByRole('button', { name: window.say('case.settlement.giveBackNow', { amount: formatYuan(fen(5000)) }) })
    .first()
    .click()
  await expect.poll(async () => (await counter.done('case.view', { caseId })).progress.paidFen).toBe(0)
  await page.getByText(window.say('case.abandon.paid', { amount: formatYuan(fen(5000)) })).waitFor({ state: 'hidden' })
  await page.locator('.case-panel input[name="reason"]').fill('客户不办了')
  await window.enter('case.deed.confirmAbandon')
  await expect.poll(async () => (await counter.done('case.view', { caseId })).case.state).toBe('abandoned')
  expect((await counter.done('case.view', { caseId })).case.refundsPaid.map(({ amountFen }) => amountFen)).toEqual([
    5000,
  ])
  await counter.toDesk(window)
})

test('invoices are told before a refund, made void at home, and cash is handed out at this counter', async () => {
  const person = await counter.next('invoiced')
  const { caseId } = (await prepareCase(counter, person, 'checked')).case
  await showCase(counter, window, caseId)
  const { page } = window
  await page
    .locator('.case-chip')
    .filter({ hasText: window.say('refundRoute.cash') })
    .click()
  await page.getByText(window.say('case.settlement.invoices')).first().waitFor()
  const numbers = page.locator('input[name^="invoices."]')
  expect(await numbers.count()).toBe(2)
  await numbers.nth(0).fill('04401901')
  await numbers.nth(1).fill('044019020123')
  await page
    .locator('.case-chip')
    .filter({ hasText: window.say('invoiceWay.redLetter') })
    .nth(1)
    .click()
  await page.locator('input[name="contact.phone"]').fill(contactPhone)
  await page
    .locator('.case-chip')
    .filter({ hasText: window.say('disconnectReason.moved') })
    .click()
  await photograph('money-invoices')
  await window.page.locator('input[name="contact.phone"]').press('Enter')
  await page.getByText(window.say('case.settlement.edit'), { exact: true }).waitFor()
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await untilCancelled(counter, caseId)
  const { order } = await counter.done('case.view', { caseId })
  expect(order!.events.filter(({ code }) => code === 'invoiceVoided').map(({ params }) => params.way)).toEqual([
    'originalReturned',
    'redLetter',
  ])
  expect(order!.owedHereFen).toBe(9640)
  await page.getByText(window.say('order.owed.lead', { amount: formatYuan(fen(9640)) })).waitFor()
  await photograph('money-owed')
  await page.getByRole('button', { name: window.say('order.owed.pay', { amount: formatYuan(fen(9640)) }) }).click()
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order!.events.map(({ code }) => code), {
      timeout: 20_000,
    })
    .toContain('refundPaid')
  expect((await counter.done('case.view', { caseId })).order!.owedHereFen).toBeUndefined()
  await counter.toDesk(window)
})

test('an agreement kept until its end postpones the case, prints its note, and can be reopened', async () => {
  const person = await counter.next('handset')
  const { caseId } = (await prepareCase(counter, person, 'checked')).case
  await showCase(counter, window, caseId)
  const { page } = window
  await page.getByText(window.say('case.agreements.keep'), { exact: true }).first().click()
  await photograph('money-keep')
  await window.enter('case.deed.postpone')
  await window.reads('order.lead.postponed')
  const { postponed } = (await counter.done('case.view', { caseId })).case
  expect(postponed!.until > shanghaiDate(Date.now())).toBe(true)
  await page.getByText(postponed!.until).first().waitFor()
  await photograph('money-postponed')
  await window.press('F11')
  await page.getByText(window.say('paper.postponed')).first().waitFor()
  await page.getByText(window.say('paper.postponedBring')).first().waitFor()
  await photograph('money-note')
  await window.press('Escape')
  await window.enter('order.reopen')
  await expect.poll(async () => (await counter.done('case.view', { caseId })).case.state).toBe('draft')
  const again = await counter.done('case.view', { caseId })
  expect([again.case.proof, again.case.preCheck]).toEqual([undefined, undefined])
  await counter.toDesk(window)
})

test('a supervisor reads the statements, unfolds them to payment and case, exports them, and sees their age offline', async () => {
  await counter.done('session.signOut')
  await counter.reopen(window)
  await signInAs(window, supervisor)
  const { page } = window
  await window.press('F11')
  await window.reads('statement.title')
  await page.locator('.statements-accounts').waitFor()
  await page.getByText(window.say('statement.balanced')).waitFor()
  await page.locator('.statements-line').first().click()
  await page.getByText(window.say('statement.openCase')).waitFor()
  await photograph('money-statements')
  const day = shanghaiDate(Date.now())
  const { statements } = await counter.done('ledger.statements', { from: day, to: day })
  const home = (await counter.next('invoiced')).province
  const one = statements.find((each) => each.homeProvince === home)!
  expect([one.closingFen, one.givenBackFen]).toEqual([-9640, 9640])

  const shown = await counter.done('ledger.statement', {
    handling: statements[0]!.handlingProvince,
    home: statements[0]!.homeProvince,
    day,
  })
  const [csv] = await Promise.all([page.waitForEvent('download'), window.press('F6')])
  const rows = parse(readFileSync(await csv.path()), { bom: true, relax_column_count: true }) as string[][]
  expect(rows.find(([label]) => label === window.say('statement.closing'))?.[1]).toBe(
    (shown.statement.closingFen / 100).toFixed(2),
  )
  await window.reads('statement.exported', { file: csv.suggestedFilename() })
  const [xlsx] = await Promise.all([page.waitForEvent('download'), window.press('F7')])
  const [, , lines] = readXlsx(readFileSync(await xlsx.path()))
  expect(lines!.rows.slice(1).map((row) => row[6])).toEqual(shown.statement.lines.map((line) => line.amountFen / 100))

  counter.stack.wire.cut()
  await window.press('Escape')
  await window.reads('desk.newCase')
  await window.press('F11')
  await page.getByText(window.say('statement.asOf').split('{')[0]!).first().waitFor({ timeout: 30_000 })
  await page.locator('.statements-accounts').waitFor()
  await photograph('money-statements-offline')
  counter.stack.wire.restore()
  expect(counter.problems).toEqual([])
})
