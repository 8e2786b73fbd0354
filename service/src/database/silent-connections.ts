import type { Socket } from 'node:net'
import type pg from 'pg'
import { PreparingClient } from './preparing-client.ts'

/**
 * How long a statement may go without an answer, in milliseconds. The longest of the service take a second or two; a server that has
 * frozen, or a network that swallows everything, would otherwise be waited for until TCP gives up, a quarter of an hour later.
 */
const longestSilenceMs = 60_000

/** The same once the process is told to end: nothing that is under way then takes long, and whoever waits for its end is not patient. */
const closingSilenceMs = 5_000

/**
 * Ends connections of a pool whose statement is not answered, so that whoever waits there hears of it (trouble that passes) and the pool
 * connects anew, perhaps to another server. After `hurry` they are given a few seconds; `cut` ends what
 * is open without a farewell, which a frozen server would never answer. `spared`: true while a statement may well take longer, as when the schema is changed.
 */
export function endSilentConnections(
  pool: pg.Pool,
  spared: () => boolean,
  longestMs: number = longestSilenceMs,
): { hurry(): void; cut(): void; stop(): void } {
  let most = longestMs
  const clients = new Set<PreparingClient>()
  /** Also those that the pool has taken leave of, and whose server has not answered that. */
  const open = new Set<PreparingClient>()
  pool.on('connect', (client) => {
    if (!(client instanceof PreparingClient)) return
    clients.add(client)
    open.add(client)
    client.once('end', () => open.delete(client))
  })
  pool.on('remove', (client) => void clients.delete(client as unknown as PreparingClient))
  const timer = setInterval(
    () => {
      if (spared()) return
      const now = performance.now()
      for (const client of clients)
        if (client.askedAt !== undefined && now - client.askedAt > most) {
          clients.delete(client)
          // With a statement under way the driver does not wait for a farewell.
          void client.end().catch(() => {})
        }
    },
    Math.min(1_000, longestMs / 4),
  )
  timer.unref()
  return {
    hurry() {
      most = Math.min(most, closingSilenceMs)
    },
    cut() {
      for (const client of open) (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy()
    },
    stop: () => clearInterval(timer),
  }
}
