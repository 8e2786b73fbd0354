import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Expectation } from '../../scripts/demo/cases.ts'
import { checkDatabase } from '../../scripts/demo/check-database.ts'
import { type CounterWindow, signAndSubmit } from '../../scripts/demo/counter-window.ts'
import { startChild } from '../../scripts/support/child.ts'
import type { CaseView } from '../../src/shared/contract/views.ts'
import type { Failure, Result } from '../../src/shared/domain/result.ts'
import { type Counter, clerk, coreAt, enrolmentCodes, openCounter, signInAs } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase, untilCancelled } from '../support/e2e/prepare-case.ts'
import { contactPhone } from '../support/e2e/walk.ts'
import { typedDocument } from '../support/typed-document.ts'

let counter: Counter
let window: CounterWindow
/** What the service's database must say in the end. */
const expectations: Expectation[] = []

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

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
      ['document', () => counter.done('case.saveDocument', { caseId, document: typedDocument(person) })],
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
      ['signature', () => signCase(counter, caseId)],
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
    // The order's page is shown only for an answered submission, and what was answered must stand.
    await window.page.locator('.order-rail').waitFor()
    await counter.stack.killCounter()
    // The window says that its program is gone instead of pretending.
    await window.reads('shell.core.lost')
    await counter.stack.startCounter()
    await window.reads('shell.core.otherRun')
    await counter.reopen(window)
    await untilCancelled(counter, caseId)
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
      const { msisdn } = await counter.next('clean')
      const { caseId } = (await core().done('case.open', { msisdn })).case
      // What the core answered to the window: only that, and all of that, must be there afterwards.
      const opened = [msisdn]
      const small = await counter.openAt(url)
      await small.reads('desk.newCase')
      small.page.on('response', async (response) => {
        if (!response.request().postData()?.includes('"case.open"')) return
        const answer = (await response.json()) as Result<CaseView>
        if (answer.ok) opened.push(answer.value.case.msisdn)
      })
      const cases = async () => (await core().done('case.list', { filter: 'all' })).rows.map((row) => row.msisdn).sort()
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
      const next = await counter.next('clean')
      await small.press('F2')
      await small.type(next.msisdn)
      await small.press('Enter')
      await small.reads('error.store.diskFull')
      expect(await cases()).toEqual(opened.toSorted())
      rmSync(join(folder(), 'filler'))
      // Whatever it was that had no room, the same key does it now.
      await small.press('Enter')
      await small.reads('case.number.systemNote')
      await small.page.close()
      expect(opened).toEqual([msisdn, next.msisdn])
      expect(await cases()).toEqual(opened.toSorted())
      await child.stop('SIGKILL')
      child = start()
      url = String((await child.ready).url)
      expect(await cases()).toEqual(opened.toSorted())
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
