import {
  type CounterWindow,
  enterDocument,
  openCase,
  prove,
  takePictures,
} from '../../../scripts/demo/counter-window.ts'
import type { Person } from '../../../scripts/demo/people.ts'
import type { MessageKey } from '../../../src/shared/i18n/translate.ts'

/** A phone on which the customer can be reached afterwards; never a number of the try-out world's cases. */
export const contactPhone = '13800138000'

/** Words of the primary action that may be pressed now. */
export async function primaryAction({ page }: CounterWindow): Promise<string> {
  const action = page.locator('.primary-action-button[aria-disabled="false"]').first()
  await action.waitFor({ timeout: 30_000 })
  return (await action.locator('span').first().textContent()) ?? ''
}

/** Waits until the primary action says one of these, presses Enter, and tells which it was. */
export async function enterOneOf<K extends MessageKey>(window: CounterWindow, keys: readonly K[]): Promise<K> {
  const beginnings = keys.map((key) => [key, window.say(key).split('{')[0]!.trim()] as const)
  const pattern = new RegExp(beginnings.map(([, words]) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'))
  await window.page
    .locator('.primary-action-button[aria-disabled="false"]')
    .filter({ hasText: pattern })
    .first()
    .waitFor({ timeout: 30_000 })
  const said = await primaryAction(window)
  await window.press('Enter')
  return beginnings.find(([, words]) => said.includes(words))![0]
}

/** Presses Tab until what has the focus matches and says `words`; throws when the whole page was gone through. */
export async function tabTo(window: CounterWindow, selector: string, key = 'Tab', words = ''): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    const there = await window.page.evaluate(
      ([wanted, said]) => {
        const focused = document.activeElement
        return focused?.matches(wanted!) === true && (focused.textContent ?? '').includes(said!)
      },
      [selector, words],
    )
    if (there) return
    await window.press(key)
  }
  throw new Error(`${key} never reaches ${selector} ${words}`)
}

/** Number, document, pictures, proof: the case stands at the pre-check. */
export async function toPreCheck(window: CounterWindow, person: Person, premium = false): Promise<void> {
  await openCase(window, person)
  await enterDocument(window, person)
  await takePictures(window)
  await prove(window, person, premium)
}

/** The customer is told each finding, then the clerk goes on. */
export async function throughPreCheck(window: CounterWindow): Promise<void> {
  for (;;) {
    const deed = await enterOneOf(window, ['case.deed.acknowledge', 'case.deed.next'])
    if (deed === 'case.deed.next') return
    // The next finding, or the way on: in both cases another sentence than the one just confirmed stands in the step.
    await window.page.waitForFunction(
      () => document.querySelector('.primary-action-button')?.getAttribute('aria-busy') !== 'true',
    )
  }
}

/** Contact and reason; the focus stands in the phone's field. */
export async function enterContactAndReason(window: CounterWindow): Promise<void> {
  await window.page.locator('input[name="contact.phone"]').waitFor()
  await tabTo(window, 'input[name="contact.phone"]')
  await window.type(contactPhone)
  await window.press('Tab', 'Tab', '1')
  await enterOneOf(window, ['case.deed.saveSettlement', 'case.deed.saveAgain'])
}

/** From the settlement to the signature pad. */
export async function toSignature(window: CounterWindow): Promise<void> {
  await window.enter('case.deed.next', { step: window.say('step.signature') })
}

/** The case that the window shows. */
export function caseIdOf({ page }: CounterWindow): string {
  const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())?.[0]
  if (!id) throw new Error(`no case in ${page.url()}`)
  return id
}

/** Escape, once for each screen between here and the desk. */
export async function backToDesk(window: CounterWindow): Promise<void> {
  const desk = window.page.getByText(window.say('desk.newCase')).first()
  for (let screens = 0; screens < 4; screens++) {
    if (await desk.isVisible()) return
    await window.press('Escape')
    await desk.waitFor({ timeout: 1_500 }).catch(() => undefined)
  }
  await desk.waitFor({ timeout: 5_000 })
}
