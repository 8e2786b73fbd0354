import { createHash } from 'node:crypto'
import type { JournalEntry, WorldEvent } from './events.ts'
import type { Journal } from './journal.ts'
import type { Outcome } from './system.ts'
import type { World } from './world.ts'

interface KeptAnswer {
  bodyHash: string
  /** Absent after a refusal: it changed nothing, so the same request may be judged anew. */
  answer?: object
  durable: Promise<void>
}

export type Kept = { conflict: true } | { conflict: false; answer: object }

/** Makes every change once: remembers answers by key and has them on disk before they are given. */
export interface Ledger {
  /** Same key and body: the first answer again, unless that was a refusal. Same key, other body: conflict. Otherwise `act` decides. */
  once(key: string, body: unknown, act: () => Outcome<object>): Promise<Kept>
  /** Makes events true that no request asked for. */
  record(events: WorldEvent[]): Promise<void>
  /** Takes an entry over from the journal, without writing it again. */
  replay(entry: object): void
}

/** Builds the ledger of a world; `journal` is asked for late because replaying comes before writing. */
export function createLedger(world: World, journal: () => Journal): Ledger {
  const answers = new Map<string, KeptAnswer>()

  const commit = (entry: JournalEntry): Promise<void> => {
    for (const event of entry.events) world.apply(event)
    return journal().append(entry)
  }

  return {
    once: async (key, body, act) => {
      const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
      const earlier = answers.get(key)
      if (earlier) {
        await earlier.durable
        if (earlier.bodyHash !== bodyHash) return { conflict: true }
        if (earlier.answer) return { conflict: false, answer: earlier.answer }
      }
      const { answer, events } = act()
      if (events.length === 0 && 'result' in answer && answer.result === 'refused') {
        answers.set(key, { bodyHash, durable: Promise.resolve() })
        return { conflict: false, answer }
      }
      const durable = commit({ events, key, bodyHash, answer })
      answers.set(key, { bodyHash, answer, durable })
      await durable
      return { conflict: false, answer }
    },
    record: (events) => (events.length > 0 ? commit({ events }) : Promise.resolve()),
    replay: (entry) => {
      const { events, key, bodyHash, answer } = entry as JournalEntry
      for (const event of events) world.apply(event)
      if (key && bodyHash && answer) answers.set(key, { bodyHash, answer, durable: Promise.resolve() })
    },
  }
}
