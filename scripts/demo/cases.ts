import { join } from 'node:path'
import { type MessageKey, translate } from '../../src/shared/i18n/translate.ts'
import type { Stack } from '../support/stack.ts'
import {
  approve,
  type CounterWindow,
  enterContact,
  enterDocument,
  openCase,
  prove,
  signAndSubmit,
  takePictures,
} from './counter-window.ts'
import type { Journal } from './journal.ts'
import { type Person, peopleOf } from './people.ts'

/** What a case is played with. */
export interface Scene {
  stack: Stack
  window: CounterWindow
  journal: Journal
  supervisor: { staffId: string; password: string }
}

/** What must be true at the service afterwards. */
export interface Expectation {
  title: string
  msisdn: string
  /** Sum of payments posted for the case, in fen. */
  paidFen?: number
  approvals?: string[]
  events?: string[]
}

const contactPhone = '13800138000'
const step = (name: string) => translate('zh-CN', `step.${name}` as MessageKey)

/** Number, identity and pre-check: the same for everyone. */
async function upToPreCheck({ window, journal }: Scene, person: Person, premium = false): Promise<void> {
  await journal.step('open the case by number', () => openCase(window, person), window.page)
  await journal.step('type the document', () => enterDocument(window, person), window.page)
  await journal.step('take the pictures', () => takePictures(window), window.page)
  await journal.step('prove identity', () => prove(window, person, premium), window.page)
  await journal.step(
    'pre-check at the home province',
    () => window.reads('case.preCheck.checkedAt').catch(() => window.reads('case.preCheck.account')),
    window.page,
  )
}

async function toSettlement({ window }: Scene): Promise<void> {
  await window.enter('case.deed.next', { step: step('settlement') })
}

async function untilCancelled({ window, journal }: Scene): Promise<void> {
  await journal.step('home province reviews and cancels', () => window.reads('order.lead.completed'), window.page)
}

/** Escape, once for each screen between here and the desk. */
async function backToDesk(window: CounterWindow): Promise<void> {
  const desk = window.page.getByText(translate('zh-CN', 'desk.newCase'))
  for (let screens = 0; screens < 3; screens++) {
    await window.press('Escape')
    if (
      await desk.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      )
    )
      return
  }
  await desk.waitFor()
}

/** Nothing in the way: the shortest road. */
export async function clean(scene: Scene): Promise<Expectation> {
  const { window, journal, stack } = scene
  const [person] = await peopleOf(stack.simulators.directory, 'clean')
  const before = window.strokes()
  await upToPreCheck(scene, person!)
  await window.enter('case.deed.next')
  await journal.step('settle', () => enterContact(window, contactPhone), window.page)
  await window.enter('case.deed.next', { step: step('signature') })
  await journal.step('read, sign and submit', () => signAndSubmit(window), window.page)
  await untilCancelled(scene)
  console.log(`         ${window.strokes() - before} key strokes, document and signature included`)
  await backToDesk(window)
  return { title: 'clean', msisdn: person!.msisdn }
}

/** Two overdue bills and a stopped line: paid here, late fee and all. */
export async function arrears(scene: Scene): Promise<Expectation> {
  const { window, journal, stack } = scene
  const [person] = await peopleOf(stack.simulators.directory, 'arrears')
  await upToPreCheck(scene, person!)
  await window.enter('case.deed.next')
  await journal.step('register contact', () => enterContact(window, contactPhone))
  const paidFen = await journal.step('take the money in cash', () => takeMoney(window), window.page)
  await window.enter('case.deed.next', { step: step('signature') })
  await journal.step('read, sign and submit', () => signAndSubmit(window))
  await untilCancelled(scene)
  await backToDesk(window)
  return { title: 'arrears', msisdn: person!.msisdn, paidFen, events: ['paymentsPosted'] }
}

/** Presses Enter on "collect" and returns what it said it would collect, in fen. */
async function takeMoney(window: CounterWindow): Promise<number> {
  const action = window.page
    .locator('.primary-action-button')
    .filter({ hasText: translate('zh-CN', 'case.deed.takePayment') })
  await action.waitFor()
  const amount = /¥ ([\d,]+)\.(\d\d)/.exec((await action.textContent()) ?? '')
  if (!amount) throw new Error('the window does not say what is to be collected')
  await window.enter('case.deed.takePayment')
  return Number(amount[1]!.replaceAll(',', '') + amount[2]!)
}

/** A premium number with 205 months left: 18,388.50, explained, and a second person. */
export async function premium(scene: Scene): Promise<Expectation> {
  const { window, journal, stack, supervisor } = scene
  const [person] = await peopleOf(stack.simulators.directory, 'premium')
  await upToPreCheck(scene, person!, true)
  await window.enter('case.deed.next', { step: step('agreements') })
  await journal.step(
    'price the agreement: 18,388.50',
    async () => {
      await window.page.getByText('18,388.50').first().waitFor()
      await window.page.getByText('205').first().waitFor()
      await window.press('1')
    },
    window.page,
  )
  await journal.step(
    'a supervisor approves',
    () => approve(window, supervisor.staffId, supervisor.password),
    window.page,
  )
  await toSettlement(scene)
  await journal.step('register contact', () => enterContact(window, contactPhone))
  const paidFen = await journal.step('take the money', () => takeMoney(window), window.page)
  await window.enter('case.deed.next', { step: step('signature') })
  await journal.step('read, sign and submit', () => signAndSubmit(window), window.page)
  await untilCancelled(scene)
  await journal.step('print the receipt', () => printReceipt(scene), window.page)
  await backToDesk(window)
  return { title: 'premium number', msisdn: person!.msisdn, paidFen, approvals: ['premiumNumber'] }
}

/** The receipt as a PDF, as the printer would get it. */
async function printReceipt({ window, journal }: Scene): Promise<void> {
  await window.enter('order.toReceipt')
  await window.reads('receipt.lead')
  await window.enter('receipt.print')
  await window.page
    .locator('.primary-action-button[aria-disabled="false"]')
    .filter({ hasText: translate('zh-CN', 'receipt.printCopy') })
    .waitFor()
  await window.page.emulateMedia({ media: 'print' })
  await window.page.pdf({ path: join(journal.folder, 'receipt.pdf'), preferCSSPageSize: true, printBackground: true })
  await window.page.emulateMedia({ media: null })
}

/** The home province cannot read the back of the card; it is taken again and handed in. */
export async function returnedPapers(scene: Scene): Promise<Expectation> {
  const { window, journal, stack } = scene
  const [person] = await peopleOf(stack.simulators.directory, 'papers-returned')
  await upToPreCheck(scene, person!)
  await window.enter('case.deed.next')
  await enterContact(window, contactPhone)
  await window.enter('case.deed.next', { step: step('signature') })
  await journal.step('read, sign and submit', () => signAndSubmit(window))
  await journal.step('papers come back', () => window.reads('order.returned.title'), window.page)
  await journal.step(
    'take the picture again and hand it in',
    async () => {
      await window.press('Enter')
      await window.reads('order.returned.taken')
      await window.page.locator('h1').first().focus()
      await window.enter('order.returned.handIn')
    },
    window.page,
  )
  await untilCancelled(scene)
  await backToDesk(window)
  return { title: 'papers returned', msisdn: person!.msisdn, events: ['returned', 'resupplied'] }
}

/** The cable is pulled while the customer signs; the order leaves by itself when it is back. */
export async function networkCut(scene: Scene): Promise<Expectation> {
  const { window, journal, stack } = scene
  const [, person] = await peopleOf(stack.simulators.directory, 'clean', 2)
  await upToPreCheck(scene, person!)
  await window.enter('case.deed.next')
  await enterContact(window, contactPhone)
  await window.enter('case.deed.next', { step: step('signature') })
  stack.wire.cut()
  await journal.step('sign and submit with the network down', () => signAndSubmit(window))
  await journal.step('the counter says that it waits', () => window.reads('caseStatus.toSend'), window.page)
  stack.wire.restore()
  await untilCancelled(scene)
  await backToDesk(window)
  return { title: 'network cut', msisdn: person!.msisdn }
}

/** The counter's process is killed in the middle of a case; it goes on where it stood. */
export async function powerCut(scene: Scene): Promise<Expectation> {
  const { window, journal, stack } = scene
  const [, , person] = await peopleOf(stack.simulators.directory, 'clean', 3)
  await upToPreCheck(scene, person!)
  await window.enter('case.deed.next')
  await enterContact(window, contactPhone)
  await window.enter('case.deed.next', { step: step('signature') })
  await journal.step('kill -9 and start again', async () => {
    await stack.killCounter()
    await stack.startCounter()
  })
  await journal.step(
    'the case is as it was',
    async () => {
      await window.page.goto('about:blank')
      await window.page.goto(stack.counterUrl())
      await window.reads('desk.newCase')
      await window.press('Control+k')
      await window.page.locator('[role="combobox"]:focus').waitFor()
      await window.type(person!.msisdn)
      await window.page.locator('[role="option"]').first().waitFor()
      await window.press('Enter')
      await window.reads('case.signature.pad').catch(() => window.press('F7'))
    },
    window.page,
  )
  await journal.step('read, sign and submit', () => signAndSubmit(window))
  await untilCancelled(scene)
  await backToDesk(window)
  return { title: 'counter killed', msisdn: person!.msisdn }
}
