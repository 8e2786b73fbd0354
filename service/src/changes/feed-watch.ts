import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../database/handle.ts'
import { prepared } from '../database/preparing-client.ts'
import type { Log } from '../ports.ts'

/** Looks at the feeds of all stores somebody waits for, once for everybody. */
export interface FeedWatch {
  /** Resolves when the store's feed goes beyond `after`, when `milliseconds` are over, or at the signal. */
  beyond(storeId: string, after: number, milliseconds: number, signal: AbortSignal): Promise<void>
}

interface Waiter {
  after: number
  wake(): void
}

/** How many stores one look asks for. */
const storesAtOnce = 5_000

/**
 * Creates the watch of a process. It asks the database for the cursors of all stores at once as long as anybody waits: thousands of
 * streams cost one small question per pause. A store's cursor row is locked from giving a number to the commit, so what it says
 * is there to be read, without gaps. (NOTIFY would make every commit of the cluster take one lock in turn.)
 */
export function createFeedWatch(db: Database, log: Log, pollMs: () => number): FeedWatch {
  const waiters = new Map<string, Set<Waiter>>()
  let running = false

  async function look(stores: readonly string[]) {
    const { rows } = await sql<{ store_id: string; last_sequence: number }>`${prepared()}
      select store_id, last_sequence from change_cursor
      where store_id = any(array(select json_array_elements_text(${JSON.stringify(stores)}::text::json)))`.execute(db)
    for (const { store_id, last_sequence } of rows)
      for (const waiter of [...(waiters.get(store_id) ?? [])]) if (waiter.after < Number(last_sequence)) waiter.wake()
  }

  async function run() {
    running = true
    while (waiters.size > 0) {
      await wait(pollMs())
      const stores = [...waiters.keys()]
      try {
        for (let from = 0; from < stores.length; from += storesAtOnce)
          await look(stores.slice(from, from + storesAtOnce))
      } catch (error) {
        log.warn({ error: error instanceof Error ? error.name : typeof error }, 'feeds not looked at')
      }
    }
    running = false
  }

  return {
    beyond(storeId, after, milliseconds, signal) {
      if (signal.aborted || milliseconds <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const of = waiters.get(storeId) ?? new Set()
        waiters.set(storeId, of)
        const waiter = { after, wake }
        const timer = setTimeout(wake, milliseconds)
        function wake() {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          of.delete(waiter)
          if (of.size === 0 && waiters.get(storeId) === of) waiters.delete(storeId)
          resolve()
        }
        of.add(waiter)
        signal.addEventListener('abort', wake, { once: true })
        if (!running) void run()
      })
    },
  }
}
