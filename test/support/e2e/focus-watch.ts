import type { Page } from 'playwright'
import { type CounterWindow, counterWindow } from '../../../scripts/demo/counter-window.ts'

/** Where the focus was after a key, and what was wrong with that. */
export interface FocusFinding {
  key: string
  screen: string
  at: string
  wrong: string
}

export interface FocusWatch {
  /** A window that looks after every key. */
  window: CounterWindow
  findings: FocusFinding[]
  /** How many keys were looked after. */
  keys(): number
  /** Every stretch of painted frames in which nothing had the focus: what was on screen, and for how many milliseconds. */
  gaps(): Promise<{ screen: string; ms: number }[]>
}

/** Wraps a window so that after every key the focus is looked for: on the page, in sight, and shown. */
export async function watchFocus({ page, language }: CounterWindow): Promise<FocusWatch> {
  const findings: FocusFinding[] = []
  let keys = 0
  await page.evaluate(watchFrames)

  async function look(key: string) {
    keys += 1
    const { screen, at, wrong } = await page.evaluate(focusNow)
    if (wrong) findings.push({ key, screen, at, wrong })
  }
  const keyboard = {
    async press(key: string) {
      await page.keyboard.press(key)
      await look(key)
    },
    async type(text: string) {
      for (const character of text) {
        await page.keyboard.type(character)
        await look(character)
      }
    },
  }
  const watched = new Proxy(page, {
    get(target, name) {
      if (name === 'keyboard') return keyboard
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as Page
  return {
    window: counterWindow(watched, language),
    findings,
    keys: () => keys,
    gaps: () =>
      page.evaluate(() => (globalThis as unknown as { focusGaps: { screen: string; ms: number }[] }).focusGaps),
  }
}

/** Runs in the page: notes for how long the focus is nowhere. */
function watchFrames(): void {
  const gaps: { screen: string; ms: number }[] = []
  Object.assign(globalThis, { focusGaps: gaps })
  let since: number | undefined
  const look = (now: number) => {
    const lost = !document.activeElement || document.activeElement === document.body
    if (lost) since ??= now
    else if (since !== undefined) {
      gaps.push({ screen: document.querySelector('h1')?.textContent ?? '', ms: Math.round(now - since) })
      since = undefined
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Runs in the page: what has the focus, whether it is in sight, and whether it is marked. */
function focusNow(): Omit<FocusFinding, 'key'> {
  const screen = (document.querySelector('dialog[open] h2') ?? document.querySelector('h1'))?.textContent ?? ''
  const focused = document.activeElement
  if (!focused || focused === document.body) return { screen, at: 'body', wrong: 'the focus is lost' }
  const at = `${focused.tagName.toLowerCase()}.${focused.className} ${focused.getAttribute('name') ?? ''}`
  // A headline, or the word that something is being opened, takes the focus to be read out; neither is a control nor marked.
  if (focused.matches('h1, .waiting')) return { screen, at, wrong: '' }
  const label = focused.closest('label')
  const shown = focused.matches('.visually-hidden') && label ? label : focused
  const box = shown.getBoundingClientRect()
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth)
    return { screen, at, wrong: `out of sight at ${Math.round(box.left)}, ${Math.round(box.top)}` }
  const marked = (element: Element | null, depth: number): boolean => {
    if (!element || depth > 3) return false
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    if (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) return true
    return boxShadow !== 'none' || marked(element.parentElement, depth + 1)
  }
  return { screen, at, wrong: marked(focused, 0) ? '' : 'not marked' }
}
