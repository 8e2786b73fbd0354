import type { Database } from './database.ts'
import type { Frame } from './journal-format.ts'
import { decodeWrites } from './statement-codec.ts'
import { createTransactionGroup } from './transaction-group.ts'

/** Repeats the transactions of a journal. */
export interface Repeater {
  /** `false` (and no trace) when SQLite refuses it, which happens only after frames were lost. */
  repeat(frame: Frame): boolean
  /** After the last one. */
  finish(): void
}

/** So many share one commit in memory; a bound for what has to be repeated when one of them is refused. */
const together = 500

/** Everything is applied to `database`, in which no transaction may be open. */
export function createRepeater(database: Database): Repeater {
  const group = createTransactionGroup(() => database)
  let limit = together
  return {
    repeat(frame) {
      group.begin()
      try {
        const writes = decodeWrites(frame.plain)
        for (const { sql, params } of writes) database.run(sql, params)
        group.keep(writes)
      } catch {
        group.undo()
        // Where one is refused, more will be.
        group.commit()
        limit = 1
        return false
      }
      if (group.size >= limit) group.commit()
      return true
    },
    finish: () => group.commit(),
  }
}
