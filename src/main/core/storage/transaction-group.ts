import type { Database } from './database.ts'
import { StoreError } from './errors.ts'
import type { Write } from './statement-codec.ts'

/**
 * Transactions that share one commit in memory: it copies every changed page, and a group changes most pages only once.
 * A savepoint per member would copy each page once more for every member that changes it. So there is none: what a
 * member did is taken back by repeating the members before it, whose writes are known and give the same result again.
 */
export interface TransactionGroup {
  /** Members whose work is applied and not yet committed. */
  readonly size: number
  /** Before a member's first write. */
  begin(): void
  /** The member is complete: these are its writes. */
  keep(writes: readonly Write[]): void
  /** Takes back the member that was begun and not kept. */
  undo(): void
  /** Commits all members. Throws when memory must be read again from disk. */
  commit(): void
  /** The database behind the group is gone. */
  forget(): void
}

/** `database` is asked every time, because the engine replaces it after a disk failure. */
export function createTransactionGroup(database: () => Database): TransactionGroup {
  let members: (readonly Write[])[] = []
  let begun = false
  let broken: unknown

  function undo() {
    if (!begun) return
    database().rollback()
    begun = false
    if (members.length === 0) return
    try {
      database().begin()
      begun = true
      for (const writes of members) for (const { sql, params } of writes) database().run(sql, params)
    } catch (error) {
      broken = error
    }
  }

  return {
    get size() {
      return members.length
    },
    begin() {
      if (begun) return
      database().begin()
      begun = true
    },
    keep(writes) {
      members.push(writes)
    },
    undo,
    commit() {
      if (broken) throw new StoreError('store.broken', 'a group of transactions cannot be repeated', { cause: broken })
      if (begun) database().commit()
      begun = false
      members = []
    },
    forget() {
      members = []
      begun = false
      broken = undefined
    },
  }
}
