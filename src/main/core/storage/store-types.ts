import type { OpeningReport, VerifyReport } from './reports.ts'

/** What SQLite stores. Whole numbers are exact up to 2^53; larger ones do not belong into the store. */
export type SqlValue = string | number | null | Uint8Array

/** One result row, by column name. */
export type Row = Record<string, SqlValue>

/** The hands a unit of work gets: everything it writes becomes durable together, or not at all. */
export interface Transaction {
  /** Queues a write; nothing is sent to the worker until a read or the end (one round trip for a write-only transaction). */
  run(sql: string, params?: readonly SqlValue[]): void
  /** First row or `undefined`. Sends queued writes first and sees them. A write with RETURNING is allowed here. */
  get<T extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>
  /** All rows. Sends queued writes first and sees them. A write with RETURNING is allowed here. */
  all<T extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
}

/** The durable store of one data folder. Failing calls reject with a `StoreError`. */
export interface Store {
  /**
   * Runs `work` alone (transactions are serialised) and resolves only after its journal frame is on disk.
   * Whatever `work` throws rolls everything back and is thrown on. Concurrent transactions share one sync.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** All rows of a read. Sees only rows that are already on disk. */
  query<T extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  /** First row of a read, or `undefined`. Sees only rows that are already on disk. */
  get<T extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>
  /** What was found when the folder was opened. */
  readonly opening: OpeningReport
  /** Reads every file again from disk, authenticates each byte and asks SQLite for its integrity check. */
  verify(): Promise<VerifyReport>
  /** Wraps the store with `newKey` (32 bytes) and re-encrypts all content under a fresh data key. */
  rotateKey(newKey: Uint8Array): Promise<void>
  /** Writes a snapshot now instead of waiting for a quiet moment. */
  snapshotNow(): Promise<void>
  /** Answers what is under way, then releases the folder. Later calls reject with `store.closed`. */
  close(): Promise<void>
}

/** When a snapshot is worth writing; the store waits for `idleMs` without a transaction before it starts. */
export interface SnapshotPolicy {
  /** Journal bytes since the last snapshot. */
  bytes: number
  /** Journal frames since the last snapshot. */
  frames: number
  /** Milliseconds without a transaction; `Infinity` leaves snapshots to `snapshotNow`. */
  idleMs: number
}

/** One line for the log: a code and values, never personal data. */
export interface StoreLogEntry {
  level: 'info' | 'warn' | 'error'
  code: string
  params: Record<string, string | number>
}
