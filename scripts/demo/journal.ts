import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'

/** One step of one case as it was walked. */
interface Entry {
  case: string
  step: string
  milliseconds: number
  screenshot?: string
}

/** Times, screenshots and papers of a demonstration, in a folder. */
export interface Journal {
  folder: string
  /** Runs a step, prints its time, and takes a picture when a page is given. */
  step<T>(name: string, work: () => Promise<T>, page?: Page): Promise<T>
  begin(title: string): void
  save(more: Record<string, unknown>): void
}

/** Opens the journal in `folder`. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true })
  const entries: Entry[] = []
  let current = ''
  let pictures = 0
  return {
    folder,
    begin(title) {
      current = title
      console.log(`\n${title}`)
    },
    async step(name, work, page) {
      const started = performance.now()
      const result = await work()
      const entry: Entry = { case: current, step: name, milliseconds: Math.round(performance.now() - started) }
      if (page) {
        pictures += 1
        entry.screenshot = `${String(pictures).padStart(2, '0')}-${`${current} ${name}`
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, '')}.png`
        await page.evaluate('document.fonts.ready')
        await page.screenshot({ path: join(folder, entry.screenshot) })
      }
      entries.push(entry)
      console.log(`  ${String(entry.milliseconds).padStart(6)} ms  ${name}`)
      return result
    },
    save(more) {
      writeFileSync(join(folder, 'timings.json'), `${JSON.stringify({ ...more, steps: entries }, null, 2)}\n`)
    },
  }
}
