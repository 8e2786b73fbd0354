import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  approve,
  type CounterWindow,
  enterDocument,
  openCase,
  sayWhyTyped,
  signAndSubmit,
} from '../../scripts/demo/counter-window.ts'
import type { Person } from '../../scripts/demo/people.ts'
import { type Asker, askers } from '../../src/shared/domain/asker.ts'
import { type Counter, clerk, openCounter, signInAs, supervisor } from '../support/e2e/open-counter.ts'
import { keepPicturesOfFailures } from '../support/e2e/picture-of-failure.ts'
import {
  backToDesk,
  caseIdOf,
  enterContactAndReason,
  enterOneOf,
  tabTo,
  throughPreCheck,
  toSignature,
} from '../support/e2e/walk.ts'

/** A person with whoever comes in their place. */
interface Acted extends Person {
  actors: { asker: Asker; relation: string; person: Person['person'] & { id: string } }[]
}

let counter: Counter
let window: CounterWindow

beforeAll(async () => {
  counter = await openCounter()
  window = counter.window
  await signInAs(window, clerk)
})
afterAll(() => counter?.close())
keepPicturesOfFailures(() => counter)

/** Pictures for whoever wants to look at the screens: `OUT=1` keeps them. */
async function keep(name: string): Promise<void> {
  if (!process.env.LOOK) return
  mkdirSync(process.env.LOOK, { recursive: true })
  await window.page.screenshot({ path: `${process.env.LOOK}/${name}.png`, fullPage: true })
}

async function chooseAsker(asker: Asker): Promise<void> {
  await window.press(`Alt+${askers.indexOf(asker) + 1}`)
  await window.page.locator(`.case-chips input[value="${asker}"]:checked`).waitFor({ state: 'attached' })
}

/** F9 for every paper until none is missing, then F10 for the portrait. */
async function takePapers(papers: number): Promise<void> {
  const pictures = window.page.locator('.case-pictures img')
  for (let taken = 0; taken < papers; taken++) {
    await window.press('F9')
    await pictures.nth(taken).waitFor({ timeout: 30_000 })
  }
  await window.press('F10')
  await pictures.nth(papers).waitFor({ timeout: 30_000 })
}

const cases: [asker: Asker, scenario: string, papers: number, refund: 'card' | 'none'][] = [
  ['agent', 'agent', 5, 'card'],
  ['guardian', 'minor', 6, 'none'],
  ['heir', 'heir', 4, 'card'],
  ['organisation', 'corporate', 4, 'none'],
  ['disowned', 'disowned', 4, 'none'],
]

describe('by keyboard alone', () => {
  beforeEach(() => counter.toDesk(window))

  test.each(cases)('%s comes for the number, and it is cancelled', async (asker, scenario, papers, refund) => {
    const holder = (await counter.next(scenario)) as Acted
    const actor = holder.actors.find((each) => each.asker === asker)
    await openCase(window, holder)
    await window.page.locator('input[name="identificationId"]').waitFor()
    await chooseAsker(asker)
    await window.page.locator('input[name="identificationId"]:focus').waitFor()
    await enterDocument(window, holder)
    if (actor) {
      await counter.control({ counter: { person: actor.person.id } })
      await window.page.locator('input[name="relation"]').waitFor()
      await window.page.locator('input[name="identificationId"]:focus').waitFor()
      const digits = (date: string | null) => (date ?? '').replaceAll('-', '')
      const { identificationId, name, issuingAuthority, validFrom, validTo } = actor.person
      for (const field of [identificationId, name, issuingAuthority, digits(validFrom)]) {
        await window.type(field)
        await window.press('Tab')
      }
      if (validTo) await window.type(digits(validTo))
      else await window.press('Tab', 'Space')
      await tabTo(window, 'input[name="relation"]')
      await window.type(actor.relation)
      await sayWhyTyped(window)
      await keep(`${asker}-second`)
      await window.enter('case.deed.saveDocument')
    }
    await window.page.locator('.case-pictures').waitFor()
    await takePapers(papers)
    if (asker !== 'heir' && asker !== 'disowned') {
      await window.page.locator('input[name="servicePassword"]').waitFor()
      await tabTo(window, 'input[name="servicePassword"]')
      await window.type(holder.servicePassword)
    }
    await keep(`${asker}-papers`)
    await window.enter('case.deed.prove')
    await window.reads('case.identity.proved')
    await keep(`${asker}-proved`)
    await window.enter('case.deed.next', { step: window.say('step.preCheck') })
    await throughPreCheck(window)
    const caseId = caseIdOf(window)
    await window.page.locator('input[name="contact.phone"]').waitFor()
    if (refund === 'card') {
      await tabTo(window, 'input[name="refund.account"]')
      await window.type('6222021234567890128')
    }
    await enterContactAndReason(window)
    const { approvalsNeeded } = (await counter.done('case.view', { caseId })).progress
    for (const { granted } of approvalsNeeded)
      if (!granted) await approve(window, supervisor.staffId, supervisor.password)
    if ((await counter.done('case.view', { caseId })).progress.settlement!.payableFen > 0)
      await enterOneOf(window, ['case.deed.takePayment'])
    await toSignature(window)
    await signAndSubmit(window)
    await window.reads('order.lead.completed')
    const { case: done } = await counter.done('case.view', { caseId })
    expect(done.proof).toMatchObject({ asker })
    expect(done.asker?.kind).toBe(asker)
    if (refund === 'card') expect(done.refund?.route).toBe('bankCard')
    await counter.control({ counter: { person: 'auto' } })
    await backToDesk(window)
  })

  test('where no agent is accepted the screen says why, and the holder may still ask', async () => {
    const holder = (await counter.next('agent-refused')) as Acted
    await openCase(window, holder)
    await window.page.locator('input[name="identificationId"]').waitFor()
    await chooseAsker('agent')
    await window.page.locator('.notice[data-tone="stops"]').waitFor()
    await keep('agent-refused')
    expect(await window.page.locator('input[name="identificationId"]').count()).toBe(0)
    await window.enter('case.deed.changeAsker')
    await window.press('1')
    await window.page.locator('input[name="identificationId"]').waitFor()
    await backToDesk(window)
  })

  test('a passport’s zone fills the fields, and a wrong digit is said by name, in English too', async () => {
    const holder = await counter.next('passport')
    await openCase(window, holder)
    await window.page.locator('input[name="identificationId"]').waitFor()
    const view = await counter.done('case.view', { caseId: caseIdOf(window) })
    expect(view.progress.asker.kind).toBe('holder')
    await window.press('Shift+Tab')
    await window.press('ArrowDown')
    await window.page.locator('.ant-select-item-option-active').waitFor()
    // The ninth of the list that has opened.
    await window.press(...Array.from({ length: 8 }, () => 'ArrowDown'), 'Enter')
    await window.page.locator('textarea[name="mrz"]').waitFor()
    await tabTo(window, 'textarea[name="mrz"]')
    await window.type('P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204169ZE184226B<<<<<10')
    await window.reads('case.mrz.wrong', { check: window.say('mrzCheck.expiry') })
    await window.reads('case.mrz.right', { check: window.say('mrzCheck.number') })
    expect(await window.page.locator('input[name="identificationId"]').inputValue()).toBe('L898902C3')
    await keep('mrz')
    await backToDesk(window)
  })
})

test('no page met an error', () => expect(counter.problems).toEqual([]))
