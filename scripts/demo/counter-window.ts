import type { Page } from 'playwright'
import { type Language, type MessageKey, type MessageParams, translate } from '../../src/shared/i18n/translate.ts'
import type { Person } from './people.ts'

/** The counter as a clerk uses it: by keyboard, reading what the window says. */
export interface CounterWindow {
  page: Page
  /** The language on screen; Chinese unless the test or the clerk changes it. */
  language: Language
  /** The sentence of a key in the language on screen. */
  say(key: MessageKey, params?: MessageParams): string
  /** Waits until the window says a sentence. */
  reads(key: MessageKey, params?: MessageParams): Promise<void>
  /** Waits until the window no longer says a sentence. */
  saysNoMore(key: MessageKey): Promise<void>
  /** Waits until the primary action at the foot of the stub says this, then presses Enter. */
  enter(key: MessageKey, params?: MessageParams): Promise<void>
  type(text: string): Promise<void>
  press(...keys: string[]): Promise<void>
  /** Key strokes since the window was opened. */
  strokes(): number
}

/** Wraps a page of the counter. */
export function counterWindow(page: Page, language: Language = 'zh-CN'): CounterWindow {
  let strokes = 0
  const say = (key: MessageKey, params?: MessageParams) => translate(window.language, key, params)
  // Without values the part of a sentence before its first value is enough to find it on screen.
  const words = (key: MessageKey, params?: MessageParams) =>
    params ? say(key, params) : say(key).split('{')[0]!.trim()
  const window: CounterWindow = {
    page,
    language,
    say,
    async reads(key, params) {
      await page.getByText(words(key, params)).first().waitFor({ timeout: 30_000 })
    },
    async saysNoMore(key) {
      await page.getByText(say(key), { exact: true }).first().waitFor({ state: 'hidden', timeout: 30_000 })
    },
    async enter(key, params) {
      const action = page.locator('.primary-action-button[aria-disabled="false"]')
      await action
        .filter({ hasText: words(key, params) })
        .first()
        .waitFor({ timeout: 30_000 })
      await page.keyboard.press('Enter')
      strokes += 1
    },
    async type(text) {
      await page.keyboard.type(text)
      strokes += text.length
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key)
      strokes += keys.length
    },
    strokes: () => strokes,
  }
  return window
}

/** Staff sign in. */
export async function signIn(window: CounterWindow, staffId: string, password: string): Promise<void> {
  await window.page.locator('input[name="staffId"]').waitFor({ timeout: 30_000 })
  await window.type(staffId)
  await window.press('Tab')
  await window.type(password)
  await window.press('Enter')
  await window.reads('desk.newCase')
}

/** From the desk: a number becomes a case, and the operator's system is asked about it. */
export async function openCase(window: CounterWindow, person: Person): Promise<void> {
  await window.press('F2')
  await window.type(person.msisdn)
  await window.press('Enter')
  await window.enter('case.deed.next', { step: window.say('step.identity') })
}

/** The document is typed from the card; the window checks it as the clerk goes. */
export async function enterDocument(window: CounterWindow, { person }: Person): Promise<void> {
  await window.page.locator('input[name="identificationId"]').waitFor()
  const digits = (date: string) => date.replaceAll('-', '')
  for (const field of [person.identificationId, person.name, person.issuingAuthority, digits(person.validFrom)]) {
    await window.type(field)
    await window.press('Tab')
  }
  if (person.validTo) await window.type(digits(person.validTo))
  else await window.press('Tab', 'Space')
  await sayWhyTyped(window)
  await window.enter('case.deed.saveDocument')
  await window.reads('case.identity.saved')
}

/** Why a card with a chip is typed instead of read: the first of the listed reasons. Other documents have no such question. */
export async function sayWhyTyped(window: CounterWindow): Promise<void> {
  if (await window.page.locator('[data-manual-reason]').isVisible()) await window.press('Enter', '1')
}

/** Both sides of the card and the face, from the capture station. */
export async function takePictures(window: CounterWindow): Promise<void> {
  const pictures = window.page.locator('img')
  for (const [index, key] of ['F9', 'F9', 'F10'].entries()) {
    await window.press(key)
    await pictures.nth(index).waitFor({ timeout: 30_000 })
  }
}

/** The holder proves to be the holder; premium numbers ask for often-called numbers as well. */
export async function prove(window: CounterWindow, person: Person, premium = false): Promise<void> {
  await window.page.locator('input[name="servicePassword"]').waitFor()
  await window.type(person.servicePassword)
  if (premium)
    for (const number of person.oftenCalledNumbers.slice(0, 3)) {
      await window.press('Tab')
      await window.type(number)
    }
  await window.enter('case.deed.prove')
  await window.reads('case.identity.proved')
  await window.enter('case.deed.next', { step: window.say('step.preCheck') })
}

/** Contact and reason for leaving; the phone is never the number that is being cancelled. */
export async function enterContact(window: CounterWindow, phone: string): Promise<void> {
  await window.page.locator('input[name="contact.phone"]').waitFor()
  await window.type(phone)
  await window.press('Tab', 'Tab', '1')
  await window.enter('case.deed.saveSettlement')
}

/** A supervisor signs beside the clerk. */
export async function approve(window: CounterWindow, staffId: string, password: string): Promise<void> {
  await window.enter('case.deed.approve')
  await window.page.locator('input[name="approver.staffId"]').waitFor()
  await window.type(staffId)
  await window.press('Tab')
  await window.type(password)
  await window.enter('case.deed.confirmApproval')
}

/** The customer reads, signs with the arrow keys, and the clerk submits. */
export async function signAndSubmit(window: CounterWindow): Promise<void> {
  await window.reads('case.signature.pad')
  await window.page
    .locator('.primary-action-button')
    .filter({ hasText: window.say('case.deed.sign') })
    .waitFor()
  await window.press('Space', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowRight', 'Space')
  await window.enter('case.deed.sign')
  await window.enter('case.deed.submit')
}
