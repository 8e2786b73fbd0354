import type { CounterWindow } from '../../../scripts/demo/counter-window.ts'
import type { MessageKey } from '../../../src/shared/i18n/translate.ts'
import { type Counter, type clerk, signInAs } from './open-counter.ts'
import { showCase } from './prepare-case.ts'

/** Cases in every state that a screen can show, by id. */
export type ShownCases = Record<
  'fresh' | 'findings' | 'signing' | 'done' | 'returned' | 'figures' | 'invoice' | 'byEye',
  string
>

/** A screen's name, and how a window gets there. */
export type Screens = [name: string, show: (window: CounterWindow) => Promise<void>][]

/** Every screen of a clerk. */
export function screensOf(counter: Counter, cases: ShownCases): Screens {
  return [
    ['desk', async (window) => counter.toDesk(window)],
    ['number', (window) => stepOf(counter, window, cases.fresh, 'F2')],
    ['identity', (window) => stepOf(counter, window, cases.fresh, 'F3')],
    ['identity proved', (window) => stepOf(counter, window, cases.findings, 'F3')],
    ['pre-check', (window) => stepOf(counter, window, cases.findings, 'F4')],
    ['agreements', (window) => stepOf(counter, window, cases.findings, 'F5')],
    ['settlement', (window) => stepOf(counter, window, cases.findings, 'F6')],
    ['approval', (window) => stepOf(counter, window, cases.findings, 'F12')],
    ['signature', (window) => stepOf(counter, window, cases.signing, 'F7', 'case.signature.pad')],
    ['order', async (window) => showCase(counter, window, cases.done)],
    ['order with papers returned', (window) => orderOf(counter, window, cases.returned, 'order.returned.title')],
    ['order with changed figures', (window) => orderOf(counter, window, cases.figures, 'order.figures.title')],
    ['order with a refused invoice', (window) => orderOf(counter, window, cases.invoice, 'order.invoice.title')],
    ['face compared by eye', (window) => stepOf(counter, window, cases.byEye, 'F3')],
    [
      'receipt',
      async (window) => {
        await place(window, `#/case/${cases.done}/receipt`)
        await window.reads('receipt.lead')
        await window.page.locator('.receipt-sheet').waitFor()
      },
    ],
    [
      'outbox',
      async (window) => {
        await place(window, '#/outbox')
        await headline(window, 'outbox.title')
      },
    ],
    ['help', (window) => dialog(counter, window, 'F1')],
    ['search', (window) => dialog(counter, window, 'Control+k')],
  ]
}

/** Screens of supervisors and auditors, each by its key from the desk. */
export function screensOfSupervisors(counter: Counter): Screens {
  return [
    ['desk of a supervisor', async (window) => counter.toDesk(window)],
    [
      'supervision',
      async (window) => {
        await fromDesk(counter, window, 'F9', 'supervision.title')
        await window.reads('ticketKind.invoiceRefused')
      },
    ],
    [
      'audit',
      async (window) => {
        await fromDesk(counter, window, 'F10', 'audit.title.store')
        await window.page.locator('.audit-rows').waitFor()
      },
    ],
    ['statements', (window) => fromDesk(counter, window, 'F11', 'statement.title')],
  ]
}

async function fromDesk(counter: Counter, window: CounterWindow, key: string, title: MessageKey): Promise<void> {
  await counter.toDesk(window)
  await window.press(key)
  await headline(window, title)
}

/** Nobody is signed in for a moment, then somebody else. */
export async function changeTo(counter: Counter, window: CounterWindow, member: typeof clerk): Promise<void> {
  await counter.toDesk(window)
  await counter.done('session.signOut')
  await window.reads('signIn.lead')
  await signInAs(window, member)
}

async function orderOf(counter: Counter, window: CounterWindow, caseId: string, title: MessageKey): Promise<void> {
  await showCase(counter, window, caseId)
  await window.reads(title)
}

async function place({ page }: CounterWindow, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
}

/** Waits for a screen by its headline: its name stands in the key bar of others as well. */
export async function headline({ page, say }: CounterWindow, key: MessageKey): Promise<void> {
  await page.getByRole('heading', { level: 1, name: say(key), exact: true }).waitFor()
}

async function stepOf(
  counter: Counter,
  window: CounterWindow,
  caseId: string,
  key: string,
  reads?: MessageKey,
): Promise<void> {
  await showCase(counter, window, caseId)
  await window.press(key)
  if (reads) await window.reads(reads)
  if (key === 'F7') await window.page.locator('iframe').waitFor()
  if (key === 'F12') await window.page.locator('.case-approvals').waitFor()
  else await window.page.locator(`[aria-keyshortcuts="${key}"][aria-current]`).waitFor()
}

async function dialog(counter: Counter, window: CounterWindow, key: string): Promise<void> {
  await counter.toDesk(window)
  await window.press(key)
  await window.page.locator('dialog[open]').waitFor()
}

/** Closes what lies in front of the screen. */
export async function leave(window: CounterWindow): Promise<void> {
  if (await window.page.locator('dialog[open], .case-panel').first().isVisible()) await window.press('Escape')
}
