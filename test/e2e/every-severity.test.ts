import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CounterWindow, signAndSubmit } from '../../scripts/demo/counter-window.ts'
import { blockerEntry } from '../../src/shared/domain/blocker-catalogue.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import {
  caseIdOf,
  enterContactAndReason,
  primaryAction,
  tabTo,
  throughPreCheck,
  toPreCheck,
  toSignature,
} from '../support/e2e/walk.ts'

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)
beforeEach(() => counter.toDesk(window))

const name = (code: string) => blockerEntry(code)!.zh
const findings = async () => (await counter.done('case.view', { caseId: caseIdOf(window) })).progress.findings

async function finish(): Promise<void> {
  await enterContactAndReason(window)
  await toSignature(window)
  await signAndSubmit(window)
}

/** The customer had it solved at home meanwhile, as the home province then knows. */
async function solvedAtHome(msisdn: string, code: string): Promise<void> {
  const answer = await fetch(`${counter.stack.simulators.directory}/lines/${msisdn}/findings/${code}`, {
    method: 'DELETE',
  })
  expect(answer.status).toBe(204)
}

describe('by keyboard, one case per severity', () => {
  test('hard: it stops the case and says where to go; solved there, F9 shows that it is gone', async () => {
    const person = await counter.next('finding-STATE_LOST')
    await toPreCheck(window, person)
    await window.reads('finding.group.stops')
    const { page } = window
    await page.getByText(name('STATE_LOST')).first().waitFor()
    await page.getByText(blockerEntry('STATE_LOST')!.remedy.zh).first().waitFor()
    expect(await primaryAction(window)).toContain(window.say('case.deed.reCheck'))
    // The note the customer takes away.
    await window.press('F11')
    await page.getByText(window.say('finding.note.elsewhere')).first().waitFor()
    await window.press('Escape')
    await solvedAtHome(person.msisdn, 'STATE_LOST')
    await window.press('F9')
    await window.reads('finding.gone', { count: 1 })
    expect(await findings()).toEqual([])
    await throughPreCheck(window)
  })

  test('soft: the clerk goes on with a reason, the supervisor with their own password', async () => {
    await toPreCheck(window, await counter.next('combination-soft-only'))
    await window.enter('finding.deed.decide')
    await window.page.locator('input[name="approver.staffId"]').waitFor()
    await window.type(clerk.staffId)
    await window.press('Tab')
    await window.type(clerk.password)
    await window.enter('finding.deed.override')
    await window.page.getByText(window.say('error.approval.wrongRole').slice(-12)).first().waitFor()
    await window.press('Control+a')
    await window.type(supervisor.staffId)
    await window.press('Tab')
    await window.type(supervisor.password)
    await window.enter('finding.deed.override')
    await throughPreCheck(window)
    const caseId = caseIdOf(window)
    await finish()
    await window.reads('order.lead.completed')
    const { acknowledgements } = (await counter.done('case.view', { caseId })).case
    expect(acknowledgements.map(({ code, level, staffId }) => [code, level, staffId])).toEqual([
      ['FAMILY_NET_MEMBER', 'clerk', clerk.staffId],
      ['DISPUTE_OPEN', 'supervisor', supervisor.staffId],
    ])
  })

  test('warn: the customer is told that the points go', async () => {
    await toPreCheck(window, await counter.next('finding-POINTS_LOST'))
    await window.reads('finding.group.tell')
    await throughPreCheck(window)
    await finish()
    await window.reads('order.lead.completed')
  })

  test('info: a rule of porting is told, nothing more', async () => {
    await toPreCheck(window, await counter.next('finding-PORT_IN_120'))
    await window.page.getByText(name('PORT_IN_120')).first().waitFor()
    await throughPreCheck(window)
    await finish()
    await window.reads('order.lead.completed')
  })

  test('branch: a number opened without the holder’s knowledge leads to its own way', async () => {
    await toPreCheck(window, await counter.next('finding-UNKNOWN_NUMBER'))
    const { page } = window
    await window.reads('finding.branch.disowned')
    const branch = page.locator('.case-finding-branch')
    await window.press('ArrowDown')
    for (let stops = 0; stops < 5 && !(await branch.evaluate((each) => each === document.activeElement)); stops++)
      await window.press('Tab')
    await window.press('Enter')
    await page.getByRole('heading', { name: window.say('step.identity'), exact: true }).waitFor()
  })

  test('return: papers that came back are explained as a finding is', async () => {
    await toPreCheck(window, await counter.next('finding-ATTACHMENT_UNUSABLE'))
    await throughPreCheck(window)
    await finish()
    await window.reads('order.returned.title')
    await window.page.getByText(blockerEntry('ATTACHMENT_UNUSABLE')!.remedy.zh).first().waitFor()
  })

  test('final: the order ends, with what the customer has to do first', async () => {
    await toPreCheck(window, await counter.next('finding-USER_CAUSE_FAIL'))
    await throughPreCheck(window)
    await finish()
    await window.reads('order.lead.refused')
    await window.page.getByText(name('DISPUTE_OPEN')).first().waitFor()
    await window.page.getByText(blockerEntry('DISPUTE_OPEN')!.remedy.zh).first().waitFor()
  })

  test('tasks: the bundle is undone with the order, and the home province says so', async () => {
    const person = await counter.next('combination-bundle')
    await toPreCheck(window, person)
    for (let tasks = 0; tasks < 4; tasks++) {
      const action = await primaryAction(window)
      expect(action).toContain(window.say('finding.deed.task').split('{')[0])
      await window.press('Enter')
      await expect.poll(() => primaryAction(window)).not.toBe(action)
    }
    const caseId = caseIdOf(window)
    expect((await findings()).every(({ cleared }) => cleared)).toBe(true)
    // The modem comes back: its serial number is scanned, as a scanner types it.
    const view = await counter.done('case.view', { caseId })
    const [modem] = view.case.preCheck!.account.agreements[0]!.devices
    const { page } = window
    await window.press('ArrowDown', 'Enter')
    await tabTo(window, `input[name="serial.${modem!.id}"]`)
    await window.type(`${modem!.id}9`)
    await window.press('Enter')
    await page.getByText(window.say('error.task.serialDiffers')).first().waitFor()
    await window.press('Control+a')
    await window.type(modem!.id.toLowerCase())
    await window.press('Enter')
    await page.getByText(window.say('finding.way.here')).first().waitFor()
    const settled = (await counter.done('case.view', { caseId })).progress.settlement!
    expect(settled.totalFen).toBeLessThan(view.progress.settlement!.totalFen)
    // The other device may be scanned next; it stays with the customer, who pays for it.
    await counter.done('case.chooseAgreement', {
      caseId,
      agreementId: view.case.preCheck!.account.agreements[0]!.id,
      option: 'terminate',
    })
    await window.press('F6')
    await enterContactAndReason(window)
    await window.enter('case.deed.takePayment')
    await toSignature(window)
    await signAndSubmit(window)
    await window.reads('order.lead.completed')
    const { order } = await counter.done('case.view', { caseId })
    const done = order!.events.filter(({ code }) => code === 'remedyDone').map(({ params }) => params.action)
    expect(done.sort()).toEqual(['dissolveFamilyGroup', 'endPayingForOthers', 'releaseSecondaryCard', 'unbindDevice'])
  })
})

test('no page met an error', () => {
  expect(counter.problems).toEqual([])
})
