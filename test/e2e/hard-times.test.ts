import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Expectation } from '../../scripts/demo/cases.ts'
import { checkDatabase } from '../../scripts/demo/check-database.ts'
import { type CounterWindow, signAndSubmit, takePictures } from '../../scripts/demo/counter-window.ts'
import { translate } from '../../src/shared/i18n/translate.ts'
import { type Counter, clerk, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'
import { caseIdOf, tabTo, toSignature } from '../support/e2e/walk.ts'
import { typedDocument } from '../support/typed-document.ts'

let counter: Counter
let window: CounterWindow
/** What the service's database must say in the end. */
const expectations: Expectation[] = []

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

/** Slows the home provinces down, so that something can happen while an answer is awaited. */
const slow = (latencyMs: number) => counter.control({ targets: { bss: { latencyMs, jitterMs: 0 } } })
const swift = () => counter.control({ targets: { bss: null } })

/** Waits until a question is under way: the primary action is busy. */
async function asking(): Promise<void> {
  await window.page.locator('.primary-action-button[aria-busy="true"]').waitFor()
}

describe('the network is cut', () => {
  test('before sign-in: the window says so, keeps what was typed, and signs in when it is back', async () => {
    await signInAs(window, clerk)
    await counter.done('session.signOut')
    await window.reads('signIn.lead')
    counter.stack.wire.cut()
    await window.page.locator('input[name="staffId"]').waitFor()
    await window.type(clerk.staffId)
    await window.press('Tab')
    await window.type(clerk.password)
    await window.press('Enter')
    await window.reads('error.connection.offline')
    counter.stack.wire.restore()
    await window.press('Enter')
    await window.reads('desk.newCase')
    await window.reads('shell.connection.online')
  })

  test('during the number query: the case is there, and the question is asked again when it is back', async () => {
    const person = await counter.next('clean')
    await slow(3000)
    await window.press('F2')
    await window.type(person.msisdn)
    await window.press('Enter')
    await window.page.locator('.case-rail').waitFor()
    await asking()
    const caseId = caseIdOf(window)
    counter.stack.wire.cut()
    await window.reads('error.connection.offline')
    await window.reads('shell.connection.offline')
    expect((await counter.done('case.view', { caseId })).case.number).toBeUndefined()
    await swift()
    counter.stack.wire.restore()
    await tabTo(window, 'button', 'Tab', window.say('case.number.askAgain'))
    await window.press('Enter')
    await window.reads('case.number.systemNote')
    expect((await counter.done('case.view', { caseId })).case.number?.msisdn).toBe(person.msisdn)
  })

  test('during the proof: the password is kept for another attempt and counts as none', async () => {
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'photographed')).case
    await showCase(counter, window, caseId)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await slow(3000)
    await window.type(person.servicePassword)
    await window.enter('case.deed.prove')
    await asking()
    counter.stack.wire.cut()
    await window.reads('error.connection.offline')
    expect((await counter.done('case.view', { caseId })).case.proof).toBeUndefined()
    await swift()
    counter.stack.wire.restore()
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
  })

  test('during submission: it is on disk at once and leaves by itself, once', async () => {
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    await showCase(counter, window, caseId)
    await window.press('F7')
    await window.reads('case.signature.pad')
    counter.stack.wire.cut()
    await signAndSubmit(window)
    await window.reads('order.lead.toSend')
    await window.reads('caseStatus.toSend')
    // Five papers and the acceptance, and the outbox says so.
    await window.press('F8')
    await window.reads('outbox.lead')
    await window.reads('outbox.state.waitingNetwork')
    expect((await counter.done('case.view', { caseId })).waiting.map((job) => job.kind)).toContain('order.submit')
    // Flickers while it is being sent must not send it twice.
    for (let flicker = 0; flicker < 3; flicker++) {
      counter.stack.wire.restore()
      await expect.poll(async () => (await fetch(`${counter.stack.wire.url}/health/live`)).ok).toBe(true)
      counter.stack.wire.cut()
    }
    counter.stack.wire.restore()
    await window.reads('outbox.leadEmpty')
    await untilCancelled(counter, caseId)
    await showCase(counter, window, caseId)
    await window.reads('order.lead.completed')
    expectations.push({ title: 'cut during submission', msisdn: person.msisdn })
  })
})

describe('somebody outside does not answer', () => {
  beforeEach(() => counter.toDesk(window))

  test('the home province, face comparison and capture station are down: a sentence, and another attempt', async () => {
    const person = await counter.next('clean')
    await counter.control({ targets: { bss: { down: true } } })
    await window.press('F2')
    await window.type(person.msisdn)
    await window.press('Enter')
    await window.reads('error.home.unavailable', { system: window.say('system.bss') })
    const caseId = caseIdOf(window)
    await counter.control({ targets: { bss: null } })
    await tabTo(window, 'button', 'Tab', window.say('case.number.askAgain'))
    await window.press('Enter')
    await window.enter('case.deed.next', { step: window.say('step.identity') })

    await counter.done('case.saveDocument', { caseId, document: typedDocument(person) })
    await window.reads('case.identity.saved')
    await counter.control({ targets: { capture: { down: true } } })
    await window.press('F9')
    await window.reads('error.picture.noStation')
    await counter.control({ targets: { capture: null, face: { down: true } } })
    await takePictures(window)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await window.type(person.servicePassword)
    await window.enter('case.deed.prove')
    // Nothing is proved, nothing is lost, the same password may be sent again.
    await window.reads('error.home.unavailable', { system: window.say('system.face') })
    expect((await counter.done('case.view', { caseId })).case.proof).toBeUndefined()
    await counter.control({ targets: { face: null } })
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
  })

  test('the home province loses answers and hiccups during an order: it is executed once all the same', async () => {
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    await signCase(counter, caseId)
    await counter.control({ targets: { bss: { next: { answerLost: 2, error: 2, malformed: 1 } } } })
    await counter.done('case.submit', { caseId })
    await showCase(counter, window, caseId)
    await window.reads('order.lead.completed')
    await counter.control({ targets: { bss: null } })
    expectations.push({ title: 'home province hiccups', msisdn: person.msisdn })
  })
})

describe('two windows', () => {
  beforeEach(() => counter.toDesk(window))

  test('show one case alike, and money is taken once whoever presses first', async () => {
    const person = await counter.next('arrears')
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    const other = await counter.open()
    await other.reads('desk.newCase')
    for (const each of [window, other]) {
      await showCase(counter, each, caseId)
      await each.page
        .locator('.primary-action-button')
        .filter({ hasText: window.say('case.deed.takePayment') })
        .waitFor()
    }
    await Promise.all([window.page.keyboard.press('Enter'), other.page.keyboard.press('Enter')])
    for (const each of [window, other])
      await each.page.getByText(window.say('case.settlement.taken').split('{')[0]!.trim()).first().waitFor()
    const { case: case_, progress } = await counter.done('case.view', { caseId })
    expect(case_.payments).toHaveLength(1)
    await toSignature(other)
    await signAndSubmit(other)
    // The first window follows without being touched.
    await window.reads('order.lead.completed')
    await other.reads('order.lead.completed')
    await other.page.close()
    expectations.push({ title: 'two windows', msisdn: person.msisdn, paidFen: progress.settlement!.payableFen })
  })

  test('a second program on the same data is refused in both languages and touches nothing', async () => {
    const before = await counter.done('case.list', { filter: 'all' })
    const second = spawn(
      process.execPath,
      ['out/main/serve.js', '--data', join(counter.folder, 'counter'), '--service', counter.stack.wire.url],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let said = ''
    for (const stream of [second.stdout, second.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(1)
    expect(said).toContain('"code":"store.locked"')
    for (const language of ['zh-CN', 'en'] as const) expect(said).toContain(translate(language, 'error.store.locked'))
    expect(await counter.done('case.list', { filter: 'all' })).toEqual(before)
  })
})

test('the service has done each of these exactly once, and no page met an error', async () => {
  expect(counter.problems).toEqual([])
  await window.page.close()
  await counter.stack.stop()
  expect(await checkDatabase(counter.folder, expectations)).toEqual([])
})
