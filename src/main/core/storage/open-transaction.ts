import type { Database } from './database.ts'
import type { StoreError } from './errors.ts'
import type { Read } from './messages.ts'
import { encodeWrites, type Write } from './statement-codec.ts'
import { assertWrite, statementKind } from './statement-rules.ts'
import type { Row } from './store-types.ts'
import { createTransactionGroup } from './transaction-group.ts'

/** A commit as its sender asked for it. */
export interface CommitPart {
  tx: number
  writes: readonly Write[]
}

/**
 * The one transaction that may be open in memory at a time, and the writes its frame will hold. Transactions that share
 * a sync share one commit in memory too.
 */
export interface OpenTransaction {
  /** Number of the open transaction. */
  readonly tx: number | undefined
  /** Applies writes and answers a read; on failure the transaction is undone and lost. */
  execute(tx: number, writes: readonly Write[], read: Read): Row[]
  /** What the frame of this commit will hold; `undefined` when nothing was written. Encoded once per commit. */
  contentOf(commit: CommitPart): Buffer | undefined
  /** Opens it if this commit is all there is of it. */
  begin(tx: number): void
  /** Applies the last writes; the transaction is now part of the group. */
  finish(commit: CommitPart): void
  /** Commits the group in memory. No transaction may be open. When it throws, memory must be read again from disk. */
  commitGroup(): void
  undo(): void
  /** The work in memory is gone, the group with it: whatever still comes for the open transaction fails with `error`. */
  lose(error: StoreError): void
  /** Throws the error of a lost transaction. */
  assertNotLost(tx: number): void
}

/** `database` is asked every time, because the engine replaces it after a disk failure. */
export function createOpenTransaction(database: () => Database): OpenTransaction {
  const group = createTransactionGroup(database)
  let open: { tx: number; writes: Write[]; marked: boolean } | undefined
  let lost: { tx: number; error: StoreError } | undefined
  let encoded: { commit: CommitPart; content: Buffer | undefined } | undefined

  /** Whoever asks before it commits may well be refused: a mark makes taking that back cheap. */
  function begin(tx: number, withMark: boolean) {
    if (open) return
    group.begin()
    const marked = withMark && group.size > 0
    if (marked) database().mark()
    open = { tx, writes: [], marked }
  }

  function apply(writes: readonly Write[]) {
    for (const { sql, params } of writes) {
      assertWrite(sql)
      database().run(sql, params)
    }
  }

  function undo() {
    const ending = open
    open = undefined
    if (!ending) return
    if (!ending.marked) return group.undo()
    try {
      database().backToMark()
    } catch {
      // Out of memory, SQLite undoes everything by itself, the mark included.
      group.undo()
    }
  }

  function writesOf(commit: CommitPart): readonly Write[] {
    return open?.tx === commit.tx && open.writes.length > 0 ? [...open.writes, ...commit.writes] : commit.writes
  }

  return {
    get tx() {
      return open?.tx
    },
    execute(tx, writes, read) {
      begin(tx, true)
      try {
        apply(writes)
        open!.writes.push(...writes)
        if (statementKind(read.sql) === 'write') open!.writes.push({ sql: read.sql, params: read.params })
        return readRows(database(), read)
      } catch (error) {
        undo()
        lost = { tx, error: error as StoreError }
        throw error
      }
    },
    contentOf(commit) {
      if (encoded?.commit === commit) return encoded.content
      const writes = writesOf(commit)
      encoded = { commit, content: writes.length === 0 ? undefined : encodeWrites(writes) }
      return encoded.content
    },
    begin: (tx) => begin(tx, false),
    finish(commit) {
      apply(commit.writes)
      if (open?.marked) database().forgetMark()
      group.keep(writesOf(commit))
      open = undefined
    },
    commitGroup: group.commit,
    undo,
    lose(error) {
      if (open) lost = { tx: open.tx, error }
      open = undefined
      group.forget()
    },
    assertNotLost(tx) {
      if (lost?.tx === tx) throw lost.error
    },
  }
}

/** Rows of a read, at most one when only the first is wanted. */
export function readRows(database: Database, read: Read): Row[] {
  return database.all(read.sql, read.params, read.first ? 1 : undefined)
}
