import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CounterWindow } from '../../scripts/demo/counter-window.ts'
import { type Child, startChild } from '../../scripts/support/child.ts'
import type { CaseView } from '../../src/shared/contract/views.ts'
import { formatInstant } from '../../src/shared/domain/calendar.ts'
import {
  type Counter,
  clerk,
  coreAt,
  enrolmentCodes,
  openCounter,
  signInAs,
  supervisor,
} from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import { prepareCase, showCase, signCase } from '../support/e2e/prepare-case.ts'

/*
 * Two counters of one store, each with its own data folder: the clerk stands at the first, the supervisor at the second. Everything
 * between them goes over the service.
 */

let counter: Counter
let clerkWindow: CounterWindow
let elsewhere: { child: Child; url: string; window: CounterWindow }
const pictures = 'out/e2e'

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  counter = await openCounter()
  clerkWindow = counter.window
  await signInAs(clerkWindow, clerk)
  const { stack, folder } = counter
  const second = enrolmentCodes.find((code) => code.startsWith('HQB2'))!
  const args = ['--data', join(folder, 'counter-2'), '--service', stack.wire.url, '--port', '0']
  const child = startChild(
    process.execPath,
    ['out/main/serve.js', ...args, '--enrolment-code', second],
    join(folder, 'counter-2.log'),
  )
  const url = String((await child.ready).url)
  elsewhere = { child, url, window: await counter.openAt(url) }
  await signInAs(elsewhere.window, supervisor)
})
afterAll(async () => {
  await elsewhere?.child.stop()
  await counter?.close()
})
keepPicturesOfFailures(() => counter)

const viewOf = (caseId: string): Promise<CaseView> => counter.done('case.view', { caseId })
const picture = (window: CounterWindow, name: string) =>
  window.page.screenshot({ path: join(pictures, `${name}-${window.language}.png`) })

/** Shows the same in the other language, takes its picture too, and comes back. */
async function inEnglishToo(
  url: string,
  window: CounterWindow,
  name: string,
  key: Parameters<CounterWindow['say']>[0],
) {
  await picture(window, name)
  await coreAt(url).done('app.setLanguage', { language: 'en' })
  window.language = 'en'
  await window.page.reload()
  await window.reads(key)
  await picture(window, name)
  await coreAt(url).done('app.setLanguage', { language: 'zh-CN' })
  window.language = 'zh-CN'
  await window.page.reload()
  await window.reads(key)
}

describe('a second person at another counter', () => {
  test('is asked by the clerk, decides there, and is heard even after the asking counter died', async () => {
    const { case: case_ } = await prepareCase(counter, await counter.next('sim-swapped'), 'checked')
    const { caseId } = case_
    await showCase(counter, clerkWindow, caseId)
    await clerkWindow.reads('case.risk.title')
    await clerkWindow.press('F12')
    await clerkWindow.reads('case.elsewhere.title')
    await clerkWindow.press('F9')
    await clerkWindow.reads('case.elsewhere.waiting')
    await picture(clerkWindow, 'approval-asked')
    expect((await viewOf(caseId)).requests).toMatchObject([{ state: 'open', subject: 'recentChange' }])

    // The supervisor's desk says so at once, and one key leads there.
    const { window } = elsewhere
    await window.reads('desk.attention.approvalAsked', { count: 1 })
    await picture(window, 'desk-of-supervisor')
    await window.press('F9')
    await window.reads('supervision.decide')
    await window.reads('approval.recentChange')
    expect(await window.page.locator('.frame-stub').innerText()).not.toContain(case_.msisdn)
    await inEnglishToo(elsewhere.url, window, 'supervision', 'supervision.decide')

    await counter.stack.killCounter()
    await window.type('影像与证件一致')
    await window.press('Tab')
    await window.type('not-the-password')
    await window.enter('supervision.grant')
    await window.reads('error.approval.credentials')
    await window.type(supervisor.password)
    await window.enter('supervision.grant')
    await window.reads('supervision.none')

    await counter.stack.startCounter()
    await counter.reopen(clerkWindow)
    await expect.poll(async () => (await viewOf(caseId)).case.approvals.length, { timeout: 20_000 }).toBe(1)
    const { case: granted, progress } = await viewOf(caseId)
    expect(granted.approvals).toMatchObject([{ subject: 'recentChange', approverId: supervisor.staffId }])
    expect(progress.approvalsNeeded[0]).toMatchObject({ subject: 'recentChange', granted: true })
  })

  test('refuses, and the clerk reads why and cannot ask again', async () => {
    const { case: case_ } = await prepareCase(counter, await counter.next('sim-swapped'), 'checked')
    const { caseId } = case_
    await showCase(counter, clerkWindow, caseId)
    await clerkWindow.press('F12')
    await clerkWindow.press('F9')
    await clerkWindow.reads('case.elsewhere.waiting')
    const { window } = elsewhere
    await window.reads('supervision.decide')
    await window.type('不像同一个人')
    await window.press('Tab')
    await window.type(supervisor.password)
    await window.press('F6')
    await window.reads('supervision.none')
    await clerkWindow.page.getByText('不像同一个人').first().waitFor()
    await picture(clerkWindow, 'approval-refused')
    expect(await counter.ask('approval.ask', { caseId, subject: 'recentChange', reason: '再看一次' })).toMatchObject({
      error: { code: 'approval.refused' },
    })
  })

  test('cannot be asked without a network, and the window says so plainly', async () => {
    const { case: case_ } = await prepareCase(counter, await counter.next('sim-swapped'), 'checked')
    await showCase(counter, clerkWindow, case_.caseId)
    counter.stack.wire.cut()
    try {
      await clerkWindow.press('F12')
      await clerkWindow.reads('case.elsewhere.offline')
      expect(
        await counter.ask('approval.ask', { caseId: case_.caseId, subject: 'recentChange', reason: '请复核' }),
      ).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^connection\./) } })
    } finally {
      counter.stack.wire.restore()
    }
    await clerkWindow.press('Escape')
  })

  test('cannot compare a face from afar: a supervisor has to come over', async () => {
    const { case: case_ } = await prepareCase(counter, await counter.next('no-portrait'), 'checked')
    await showCase(counter, clerkWindow, case_.caseId)
    await clerkWindow.press('F12')
    await clerkWindow.reads('case.elsewhere.beside')
    expect(
      await counter.ask('approval.ask', { caseId: case_.caseId, subject: 'faceByEye', reason: '请复核' }),
    ).toMatchObject({ error: { code: 'approval.besideOnly' } })
    await clerkWindow.press('Escape')
  })
})

describe('the true holder', () => {
  test('stops an order that cools off by replying to the warning, and the supervisor has a ticket', async () => {
    const person = await counter.next('password-reset')
    let view = await prepareCase(counter, person, 'settled')
    const { caseId } = view.case
    const approver = { staffId: supervisor.staffId, password: supervisor.password }
    // At night a second person looks as well.
    for (const { subject, granted } of view.progress.approvalsNeeded)
      if (!granted) view = await counter.done('case.approve', { caseId, subject, reason: '已当面核对', approver })
    const due = view.progress.settlement!.payableFen
    if (due > 0) await counter.done('case.takePayment', { caseId, method: 'cash', amountFen: due })
    await signCase(counter, caseId)
    await counter.done('case.submit', { caseId })
    await expect.poll(async () => (await viewOf(caseId)).order?.stage, { timeout: 20_000 }).toBe('coolingOff')
    await showCase(counter, clerkWindow, caseId)
    await clerkWindow.reads('order.lead.coolingOff')
    const until = (await viewOf(caseId)).order!.coolingUntil!
    await clerkWindow.page.getByText(formatInstant(until)).first().waitFor()
    await expect.poll(async () => (await viewOf(caseId)).order?.warning?.state, { timeout: 20_000 }).toBe('delivered')
    await inEnglishToo(counter.stack.counterUrl(), clerkWindow, 'cooling-off', 'order.lead.coolingOff')

    const messages = (await (await fetch(`${counter.stack.simulators.sms}/messages?to=${person.msisdn}`)).json()) as {
      template: string
      text: string
    }[]
    const code = /TZ(\d{6})/.exec(messages.find(({ template }) => template === 'warning')!.text)![1]!
    // On the phone's page, as the holder of the phone.
    const phone = await counter.openAt(`${counter.stack.simulators.sms}?to=${person.msisdn}&lang=zh`)
    await phone.page.locator('input[name="text"]').fill(`tz${code}`)
    await phone.page.locator('#reply button').click()
    await phone.page.getByText('stopped').waitFor()
    await picture(phone, 'phone')
    await phone.page.close()

    await clerkWindow.reads('order.lead.stopped')
    await picture(clerkWindow, 'stopped')
    const { order } = await viewOf(caseId)
    expect(order).toMatchObject({ stage: 'stopped', state: 'cancelled' })
    expect(order!.events.map((event) => event.code)).toEqual(
      expect.arrayContaining(['stopRequested', 'paymentReversed']),
    )
    expect(order!.events.map((event) => event.code)).not.toContain('dispatched')

    const { window } = elsewhere
    await window.reads('ticketKind.orderStopped')
    await picture(window, 'ticket')
    await window.press('F7')
    await window.reads('supervision.closeLead')
    await window.type('已联系机主核实')
    await window.enter('supervision.closeTicket')
    await window.reads('supervision.none')
  })
})

describe('the audit chains', () => {
  test('are computed again on screen, and a file holds every entry', async () => {
    const { window, url } = elsewhere
    await window.press('Escape')
    await window.reads('desk.newCase')
    await window.press('F10')
    await window.reads('audit.title.store')
    await window.page.getByText('approval.asked').first().waitFor()
    await window.press('F6')
    await window.reads('audit.isSound')
    await picture(window, 'audit')
    const download = window.page.waitForEvent('download')
    await window.press('F7')
    expect((await download).suggestedFilename()).toMatch(/^audit-SZ-HQB-\d{4}-\d\d-\d\d\.jsonl$/)
    await window.press('F5')
    await window.reads('audit.title.counter')
    await window.page.getByText('approval.decide').first().waitFor()
    await window.press('F6')
    await window.reads('audit.isSound')
    await inEnglishToo(url, window, 'audit-counter', 'audit.how')
    expect(counter.problems).toEqual([])
  })
})
