import type { Page } from 'playwright'

const han = /\p{Script=Han}/u

/** Every Chinese string inside an answer of the core: names, places and papers stay as they are in any language. */
export function chineseIn(value: unknown): string[] {
  if (typeof value === 'string') return han.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(chineseIn)
}

/**
 * Chinese that is still on screen once the data is taken out: visible text, and names that assistive technology reads,
 * in the page, its frames and shadow roots. What says itself that it is Chinese (`lang`) is meant.
 */
export async function chineseLeft(page: Page, data: readonly string[]): Promise<string[]> {
  const texts = (await Promise.all(page.frames().map((frame) => frame.evaluate(visibleTexts)))).flat()
  const longestFirst = [...new Set(data)].sort((a, b) => b.length - a.length)
  return texts.filter((text) => han.test(longestFirst.reduce((rest, known) => rest.replaceAll(known, ''), text)))
}

/** Runs in the page. */
function visibleTexts(): string[] {
  const found: string[] = []
  const look = (root: Document | ShadowRoot) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot)
      if (element.closest('[lang^="zh"]:not(html), script, style') || !element.checkVisibility()) continue
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(element.getAttribute(name) ?? '')
      for (const node of element.childNodes) if (node.nodeType === 3) found.push(node.textContent ?? '')
    }
  }
  look(document)
  found.push(document.title)
  return found.map((text) => text.trim()).filter((text) => text !== '')
}
