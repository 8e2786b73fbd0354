import type { Page } from 'playwright'

/** What the shell asked of the stand-in, in order, for the test to look at. */
const records: { what: string; value: unknown }[] = []
export const questions = new Map<string, (value: never) => unknown>()
let page: Page | undefined

/** Remembers what the shell did. */
export function record(what: string, value: unknown): void {
  records.push({ what, value: JSON.parse(JSON.stringify(value ?? null)) })
}

/** The page of the window, once it is open. */
export function showPage(opened: Page): void {
  page = opened
}

/** Answers the test's questions over the process's channel. */
export function answerTest(): void {
  questions.set('records', () => records)
  questions.set('evaluate', (expression: string) => page?.evaluate(expression))
  questions.set('title', () => page?.title())
  process.on('message', async (message: { id: number; ask: string; value: never }) => {
    try {
      const value = await questions.get(message.ask)?.(message.value)
      process.send?.({ id: message.id, value })
    } catch (error) {
      process.send?.({ id: message.id, error: String(error) })
    }
  })
}

/** Tells the test of something by itself. */
export function tell(event: string): void {
  process.send?.({ event })
}
