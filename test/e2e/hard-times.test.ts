import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Expectation } from '../../scripts/demo/cases.ts'
import { checkDatabase } from '../../scripts/demo/check-database.ts'
import { type CounterWindow, signAndSubmit, takePictures } from '../../scripts/demo/counter-window.ts'
import { startChild } from '../../scripts/support/child.ts'
import type { CaseView } from '../../src/shared/contract/views.ts'
import type { Failure } from '../../src/shared/domain/result.ts'
import { translate } from '../../src/shared/i18n/translate.ts'
import { type Counter, clerk, coreAt, enrolmentCodes, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { documentOf, prepareCase, showCase } from '../support/e2e/prepare-case.ts'
import { caseIdOf, contactPhone, tabTo, toSignature } from '../support/e2e/walk.ts'

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

async function sign(caseId: string): Promise<CaseView> {
  const { documentSha256 } = await counter.done('case.acceptance', { caseId })
  const strokes = [[0, 10, 20].map((t) => ({ x: 10 + t, y: 20, t }))]
  return counter.done('case.sign', { caseId, strokes, documentSha256 })
}

async function completed(caseId: string): Promise<void> {
  await expect
    .poll(async () => (await counter.done('case.view', { caseId })).order?.stage, { timeout: 60_000, interval: 200 })
    .toBe('deactivated')
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
    await completed(caseId)
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
    await window.reads('error.home.unavailable')
    const caseId = caseIdOf(window)
    await counter.control({ targets: { bss: null } })
    await tabTo(window, 'button', 'Tab', window.say('case.number.askAgain'))
    await window.press('Enter')
    await window.enter('case.deed.next', { step: window.say('step.identity') })

    await counter.done('case.saveDocument', { caseId, document: documentOf(person) })
    await window.reads('case.identity.saved')
    await counter.control({ targets: { capture: { down: true } } })
    await window.press('F9')
    await window.reads('error.picture.noStation')
    await counter.control({ targets: { capture: null, face: { down: true } } })
    await takePictures(window)
    await window.page.locator('input[name="servicePassword"]').waitFor()
    await window.type(person.servicePassword)
    await window.enter('case.deed.prove')
    // Whoever it was outside: nothing is proved, nothing is lost, the same password may be sent again.
    await window.page.locator('.notice, [role="alert"]').first().waitFor()
    expect((await counter.done('case.view', { caseId })).case.proof).toBeUndefined()
    await counter.control({ targets: { face: null } })
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
  })

  test('the home province loses answers and hiccups during an order: it is executed once all the same', async () => {
    const person = await counter.next('clean')
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    await sign(caseId)
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

describe('power fails', () => {
  beforeEach(() => counter.toDesk(window))

  test('at the service in the middle of an order: the order goes on and is executed once', async () => {
    const person = await counter.next('clean')
    await counter.control({ reviewFactor: 1000 })
    const { caseId } = (await prepareCase(counter, person, 'settled')).case
    await showCase(counter, window, caseId)
    await window.press('F7')
    await signAndSubmit(window)
    await window.reads('order.lead.homeReview')
    await counter.stack.killService()
    await window.reads('shell.connection.offline')
    await counter.stack.startService()
    await counter.control({ reviewFactor: 0 })
    await window.reads('order.lead.completed')
    await window.reads('shell.connection.online')
    expectations.push({ title: 'service killed', msisdn: person.msisdn })
  })

  test('at the counter after each step: every answered step stands, and the case is finished in the window', async () => {
    // The simulators moved when the service was started anew; the counter is told where the capture station is.
    await counter.stack.killCounter()
    await counter.stack.startCounter()
    const person = await counter.next('arrears')
    const { caseId } = (await counter.done('case.open', { msisdn: person.msisdn })).case
    const due = async () => (await counter.done('case.view', { caseId })).progress.settlement!.payableFen
    const steps: [string, () => Promise<CaseView>][] = [
      ['number', () => counter.done('case.queryNumber', { caseId })],
      ['document', () => counter.done('case.saveDocument', { caseId, document: documentOf(person) })],
      ['front', () => counter.done('case.capture', { caseId, kind: 'documentFront' })],
      ['back', () => counter.done('case.capture', { caseId, kind: 'documentBack' })],
      ['portrait', () => counter.done('case.capture', { caseId, kind: 'portrait' })],
      ['proof', () => counter.done('case.prove', { caseId, servicePassword: person.servicePassword })],
      ['pre-check', () => counter.done('case.preCheck', { caseId })],
      [
        'settlement',
        () =>
          counter.done('case.saveSettlement', {
            caseId,
            contact: { name: person.person.name, phone: contactPhone as never },
            disconnectReason: 'moved',
          }),
      ],
      ['payment', async () => counter.done('case.takePayment', { caseId, method: 'cash', amountFen: await due() })],
      ['signature', () => sign(caseId)],
    ]
    for (const [name, step] of steps) {
      const answered = await step()
      await counter.stack.killCounter()
      await counter.stack.startCounter()
      expect((await counter.done('case.view', { caseId })).case, name).toEqual(answered.case)
    }
    const paidFen = await due()
    await counter.reopen(window)
    await window.reads('desk.newCase')
    await window.press('Control+k')
    await window.page.locator('.search-input:focus').waitFor()
    await window.type(person.msisdn)
    await window.page.locator('[role="option"]').first().waitFor()
    await window.press('Enter')
    await window.enter('case.deed.submit')
    await window.page.waitForFunction(() => !document.querySelector('.case-pad'))
    await counter.stack.killCounter()
    // The window says that its program is gone instead of pretending.
    await window.reads('shell.core.lost')
    await counter.stack.startCounter()
    await window.reads('shell.core.otherRun')
    await counter.reopen(window)
    await completed(caseId)
    expectations.push({ title: 'counter killed', msisdn: person.msisdn, paidFen })
  })
})

describe('the disk is full', () => {
  const folder = () => join(counter.folder, 'small-disk')
  /** A disk of its own that can really be full; needs the right to mount one. */
  function mountSmallDisk(): boolean {
    mkdirSync(folder(), { recursive: true })
    return (
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder()]).status === 0
    )
  }

  test('what cannot be kept is refused with a sentence, what was answered stays, and work goes on afterwards', async ({
    skip,
  }) => {
    if (!mountSmallDisk()) skip('mounting a small disk needs the right to mount')
    const start = () =>
      startChild(
        process.execPath,
        [
          ...['out/main/serve.js', '--data', join(folder(), 'counter'), '--service', counter.stack.wire.url],
          ...['--enrolment-code', enrolmentCodes.at(-1)!],
        ],
        join(counter.folder, 'small-disk.log'),
      )
    let child = start()
    try {
      let url = String((await child.ready).url)
      const core = () => coreAt(url)
      await expect.poll(async () => (await core().done('app.view')).device, { timeout: 20_000 }).toBeDefined()
      await core().done('session.signIn', { staffId: clerk.staffId, password: clerk.password })
      const open = async () => core().ask('case.open', { msisdn: (await counter.next('clean')).msisdn })
      const first = await open()
      const { caseId } = (first as { value: CaseView }).value.case
      const small = await counter.openAt(url)
      await small.reads('desk.newCase')
      const { bavail, bsize } = statfsSync(folder())
      writeFileSync(join(folder(), 'filler'), Buffer.alloc(bavail * bsize))
      // The journal owns some room in advance; it is used up with ever smaller pictures until not even the least fits.
      let kept = ''
      for (const bytes of [1_900_000, 190_000, 19_000, 1_900, 190]) {
        let refused: Failure | undefined
        for (let pictures = 0; !refused && pictures < 50; pictures++) {
          const content = Buffer.concat([
            Buffer.from([0xff, 0xd8, 0xff]),
            randomBytes(bytes),
            Buffer.from([0xff, 0xd9]),
          ])
          const file = { mediaType: 'image/jpeg' as const, contentBase64: content.toString('base64') }
          const taken = await core().ask('case.capture', { caseId, kind: 'documentFront', file })
          if (taken.ok) kept = taken.value.case.attachments[0]!.sha256
          else refused = taken.error
        }
        expect(refused?.code, `${bytes} bytes`).toBe('store.diskFull')
      }
      const { msisdn } = await counter.next('clean')
      const before = await core().done('case.list', { filter: 'all' })
      await small.press('F2')
      await small.type(msisdn)
      await small.press('Enter')
      await small.reads('error.store.diskFull')
      expect((await core().ask('case.open', { msisdn })).ok).toBe(false)
      rmSync(join(folder(), 'filler'))
      expect(await core().done('case.list', { filter: 'all' })).toEqual(before)
      await small.press('Enter')
      await small.reads('case.number.intro')
      await small.page.close()
      const after = await core().done('case.list', { filter: 'all' })
      expect(after.rows).toHaveLength(2)
      await child.stop('SIGKILL')
      child = start()
      url = String((await child.ready).url)
      const reopened = await core().done('case.list', { filter: 'all' })
      expect(reopened.rows.map((row) => row.caseNumber)).toEqual(after.rows.map((row) => row.caseNumber))
      expect((await core().done('case.view', { caseId })).case.attachments.map((each) => each.sha256)).toEqual([kept])
    } finally {
      await child.stop('SIGKILL')
      spawnSync('umount', ['-l', folder()])
    }
  })
})

test('the service has done each of these exactly once, and no page met an error', async () => {
  expect(counter.problems).toEqual([])
  await window.page.close()
  await counter.stack.stop()
  expect(await checkDatabase(counter.folder, expectations)).toEqual([])
})
