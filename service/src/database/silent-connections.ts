import type pg from 'pg'
import { PreparingClient } from './preparing-client.ts'

/**
 * How long a statement may go without an answer, in milliseconds. The longest of the service take a second or two; a server that has
 * frozen, or a network that swallows everything, would otherwise be waited for until TCP gives up, a quarter of an hour later.
 */
const longestSilenceMs = 60_000

/**
 * Ends connections of a pool whose statement is not answered, so that whoever waits there hears of it (trouble that passes) and the pool
 * connects anew, perhaps to another server. `spared`: true while a statement may well take longer, as when the schema is changed.
 */
export function endSilentConnections(
  pool: pg.Pool,
  spared: () => boolean,
  longestMs: number = longestSilenceMs,
): { stop(): void } {
  const clients = new Set<PreparingClient>()
  pool.on('connect', (client) => {
    if (client instanceof PreparingClient) clients.add(client)
  })
  pool.on('remove', (client) => void clients.delete(client as unknown as PreparingClient))
  const timer = setInterval(
    () => {
      if (spared()) return
      const now = performance.now()
      for (const client of clients)
        if (client.askedAt !== undefined && now - client.askedAt > longestMs) {
          clients.delete(client)
          // With a statement under way the driver does not wait for a farewell.
          void client.end().catch(() => {})
        }
    },
    Math.min(5_000, longestMs / 4),
  )
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
