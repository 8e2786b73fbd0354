import { mkdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendChange } from '../../service/src/changes/append-change.ts'
import { type OpenDatabase, openDatabase } from '../../service/src/database/open-database.ts'
import { instant } from '../../src/shared/domain/calendar.ts'
import type { Language } from '../../src/shared/i18n/translate.ts'
import { chineseIn, chineseLeft } from '../support/e2e/chinese-left.ts'
import { cutOff } from '../support/e2e/cut-off.ts'
import { untilOrder } from '../support/e2e/held-orders.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'
import { changeTo, headline } from '../support/e2e/screens.ts'
import { type PostgresCluster, startPostgres } from '../support/postgres.ts'

/* A counter whose service was updated before it: what the service writes into its own feed, in words that no counter has yet. */

const storeId = 'SZ-HQB'
let cluster: PostgresCluster
let look: OpenDatabase
let counter: Counter
let caseId: string

beforeAll(async () => {
  mkdirSync('out/e2e', { recursive: true })
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  counter = await openCounter({}, url)
})
afterAll(async () => {
  await counter?.close()
  await look?.close()
  await cluster?.stop()
})
keepPicturesOfFailures(() => counter)

/** The latest the service told of the case's order, once more, with these words changed. */
async function tellOrder(change: object): Promise<void> {
  await look.db.transaction().execute(async (tx) => {
    const last = await tx
      .selectFrom('change_feed')
      .select(['body'])
      .where('store_id', '=', storeId)
      .where('kind', '=', 'order')
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    const order = JSON.parse(last.body)
    const sequence = await appendChange(tx, storeId, { at: instant(Date.now()), kind: 'order', order })
    await tx
      .updateTable('change_feed')
      .set({ body: JSON.stringify({ ...order, ...change }) })
      .where('store_id', '=', storeId)
      .where('sequence', '=', sequence)
      .execute()
  })
}

/** Until this service itself has told what it has to tell: in its own words it would put back what is told here in newer ones. */
async function untilQuiet(): Promise<void> {
  const told = async () =>
    (await look.db.selectFrom('change_cursor').select('last_sequence').executeTakeFirst())?.last_sequence
  let before: unknown
  for (let now = await told(); now !== before; now = await told()) {
    before = now
    await wait(1_500)
  }
}

/** Of a kind that neither this service nor any counter knows. */
async function tellUnheardOf(kind: string, subject: string, body: object): Promise<void> {
  await look.db.transaction().execute(async (tx) => {
    const rules = { setDigest: 'a'.repeat(64) }
    const sequence = await appendChange(tx, storeId, { at: instant(Date.now()), kind: 'rules', rules })
    await tx
      .updateTable('change_feed')
      .set({ kind: kind as never, subject_id: subject, body: JSON.stringify(body) })
      .where('store_id', '=', storeId)
      .where('sequence', '=', sequence)
      .execute()
  })
}

async function speak(language: Language): Promise<void> {
  await counter.done('app.setLanguage', { language })
  counter.window.language = language
  await counter.reopen(counter.window)
}

/** Nothing is cut off, nobody kept out, and no other language in between; the picture is kept. */
async function inspect(name: string): Promise<void> {
  const { page, language } = counter.window
  await page.screenshot({ path: `out/e2e/newer-${name}-${language}.png` })
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  if (language === 'en') {
    const data = [
      ...chineseIn(await counter.done('app.view')),
      ...chineseIn((await counter.done('case.list', { filter: 'all' })).rows),
      ...chineseIn(await counter.done('case.view', { caseId })),
    ]
    expect(await chineseLeft(page, data), name).toEqual([])
  }
  expect(await page.evaluate(cutOff), name).toEqual([])
}

test('an order that went on to a stage without a name here says so in the list, on its page and on its receipt, in both languages', async () => {
  const { window } = counter
  await signInAs(window, clerk)
  await counter.control({ reviewFactor: 1000 })
  caseId = (await prepareCase(counter, await counter.next('clean'), 'settled')).case.caseId
  await signCase(counter, caseId)
  await counter.done('case.submit', { caseId })
  await untilOrder(counter, caseId, ({ stage }) => stage === 'homeReview')
  await untilQuiet()
  await counter.toDesk(window)
  await window.reads('caseStatus.homeReview')

  await tellOrder({ stage: 'courierUnderWay' })
  await tellUnheardOf('courier', 'C-1', { caseId })
  // Nothing has to be opened anew: the list changes by itself.
  await window.reads('caseStatus.movedOn')
  await window.reads('next.movedOn')
  await window.reads('desk.attention.newer', { count: 2 })
  for (const language of ['zh-CN', 'en'] as const) {
    await speak(language)
    await window.reads('caseStatus.movedOn')
    await window.saysNoMore('caseStatus.homeReview')
    await inspect('desk')
    await showCase(counter, window, caseId)
    await window.reads('order.lead.movedOn')
    await window.reads('ui.newer.title')
    await window.reads('orderStage.movedOn')
    await inspect('order')
    await window.press('F11')
    await window.reads('receipt.lead')
    await window.page.locator('.receipt-sheet').waitFor()
    await window.reads('paper.stateMovedOn')
    await inspect('receipt')
    await window.press('Escape')
    await counter.toDesk(window)
  }
})

test('a ticket of a kind without a name is counted for the supervisor', async () => {
  const { window } = counter
  await speak('zh-CN')
  await changeTo(counter, window, supervisor)
  await look.db.transaction().execute(async (tx) => {
    const ticket = {
      ticketId: uuidv7(),
      kind: 'orderStuck' as const,
      severity: 'waits' as const,
      params: {},
      state: 'open' as const,
      openedAt: instant(Date.now()),
    }
    const sequence = await appendChange(tx, storeId, { at: instant(Date.now()), kind: 'ticket', ticket })
    await tx
      .updateTable('change_feed')
      .set({ body: JSON.stringify({ ...ticket, kind: 'parcelLost' }) })
      .where('store_id', '=', storeId)
      .where('sequence', '=', sequence)
      .execute()
  })
  await expect.poll(async () => (await counter.done('supervision.view')).newer).toBe(2)
  for (const language of ['zh-CN', 'en'] as const) {
    await speak(language)
    await counter.toDesk(window)
    await window.press('F9')
    await headline(window, 'supervision.title')
    await window.reads('supervision.newer', { count: 2 })
    // What cannot be shown waits all the same.
    await window.reads('supervision.lead')
    await inspect('supervision')
  }
})

test('once the order is told in words that are known here, it is shown as it is', async () => {
  const { window } = counter
  await speak('zh-CN')
  await counter.toDesk(window)
  await tellOrder({ stage: 'settled' })
  await window.reads('caseStatus.executing')
  await window.saysNoMore('caseStatus.movedOn')
  await showCase(counter, window, caseId)
  await window.reads('order.lead.executing')
})

test('no page met an error', () => expect(counter.problems).toEqual([]))
