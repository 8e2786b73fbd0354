import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Counter } from './open-counter.ts'

/** Keeps a picture of every window of a test that failed, in `out/e2e/`. */
export function keepPicturesOfFailures(counter: () => Counter | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    mkdirSync('out/e2e', { recursive: true })
    const pages =
      counter()
        ?.browser.contexts()
        .flatMap((context) => context.pages()) ?? []
    for (const [index, page] of pages.entries()) {
      const name = `${task.name.replaceAll(/[^\p{L}\d]+/gu, '-').slice(0, 80)}-${index}.png`
      await page.screenshot({ path: join('out/e2e', name) }).catch(() => undefined)
    }
  })
}
