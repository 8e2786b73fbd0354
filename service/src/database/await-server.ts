import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'

/** What PostgreSQL says while it starts, and while it recovers after a crash. */
const starting = '57P03'

const againAfterMs = 500
/** Longer than recovery usually takes; whoever starts this process is told then, and may start it again. */
const longestMs = 5 * 60_000

/**
 * Waits for a server that says it is just starting: after a power cut the service's machine is often up before the database has recovered. A server that
 * is not there at all, or refuses for another reason, is an error at once. Throws what the last attempt threw.
 */
export async function awaitServer(pool: pg.Pool, monotonic: () => number = () => performance.now()): Promise<void> {
  const until = monotonic() + longestMs
  for (;;)
    try {
      const client = await pool.connect()
      return client.release()
    } catch (error) {
      if ((error as { code?: string }).code !== starting || monotonic() >= until) throw error
      await wait(againAfterMs)
    }
}
