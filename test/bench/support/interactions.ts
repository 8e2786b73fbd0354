import type { Page } from 'playwright'

/** What the browser reports of an interaction (Event Timing): whose it is, and from the key to the next paint in milliseconds. */
interface Seen {
  interactionId: number
  duration: number
}

/** Interactions shorter than this are not reported by the browser; they count as lasting so long. */
export const shortestReportedMs = 16

/** Time for a key's work, its paint and the browser's report of both. */
const pauseMs = 40

/** Watches a page's interactions as the browser itself measures them. */
export async function watchInteractions(page: Page): Promise<{
  /** Presses keys one after the other; returns for each the milliseconds until the next paint. */
  press(keys: readonly string[]): Promise<number[]>
}> {
  await page.evaluate((durationThreshold) => {
    const seen: Seen[] = []
    Object.assign(globalThis, { seen })
    const observer = new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries() as unknown as Seen[])
        if (interactionId) seen.push({ interactionId, duration })
    })
    observer.observe({ type: 'event', durationThreshold, buffered: false } as PerformanceObserverInit)
  }, shortestReportedMs)
  const taken = () =>
    page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: Seen[] }
      return seen.splice(0)
    })
  return {
    async press(keys) {
      await taken()
      for (const key of keys) {
        await page.keyboard.press(key)
        await page.waitForTimeout(pauseMs)
      }
      await page.waitForTimeout(500)
      const longest = new Map<number, number>()
      for (const { interactionId, duration } of await taken())
        longest.set(interactionId, Math.max(duration, longest.get(interactionId) ?? 0))
      if (longest.size > keys.length) throw new Error(`${longest.size} interactions came of ${keys.length} keys`)
      const shorter = keys.length - longest.size
      return [...longest.values(), ...Array.from({ length: shorter }, () => shortestReportedMs)]
    },
  }
}
