import type { EngineOptions } from './engine-options.ts'
import type { StoreOpenError, StoreOpenResult } from './errors.ts'
import { type FileSystem, fileErrorCode } from './file-system.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import type { Migration } from './migrations.ts'
import { createNodeFileSystem } from './node-file-system.ts'
import type { OpeningReport, VerifyReport } from './reports.ts'
import { createStore } from './store-client.ts'
import { openWorkerLink } from './worker-link.ts'

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

export interface OpenStoreOptions {
  /** Data folder; created when absent. */
  folder: string
  /** The wrapping key from the platform's secret store: 32 bytes. */
  key: Uint8Array
  migrations: readonly Migration[]
  /** Address of store-worker: the .ts file under tests, the bundled .js file in the product. */
  worker: URL
  /** Another file system (tests, simulation); the engine then runs in this thread and `worker` is not started. */
  files?: FileSystem
  snapshotAfter?: Partial<SnapshotPolicy>
  log?: (entry: StoreLogEntry) => void
  /** UTC epoch milliseconds. */
  now: () => number
}

/**
 * Opens the store of a folder, or says why it cannot be opened: `store.locked` (another process has it),
 * `store.newerSchema`, `store.wrongKey`, `store.diskFull`, `store.unreadable`. Throws only on bugs, such as a migration
 * SQLite refuses. With `files` the engine runs in this thread.
 */
export async function openStore(options: OpenStoreOptions): Promise<StoreOpenResult<Store>> {
  const { folder, key, migrations, snapshotAfter = {}, log = () => {} } = options
  if (key.length !== 32) throw new RangeError('a store key has 32 bytes')
  const taken = takeFolder(options)
  if (!taken.ok) return taken
  try {
    const opened = options.files
      ? await openHere({ files: options.files, folder, key, migrations, snapshotAfter, log })
      : await openWorkerLink(options.worker, { folder, key, migrations, snapshotAfter })
    if (!opened.ok) {
      taken.lock.release()
      return opened
    }
    return { ok: true, value: createStore(opened.value.link, opened.value.report, taken.lock.release, log) }
  } catch (error) {
    taken.lock.release()
    throw error
  }
}

/** Loaded only when asked for: in the product SQLite lives in the worker alone. */
async function openHere(options: EngineOptions) {
  const { openLocalLink } = await import('./local-link.ts')
  return openLocalLink(options)
}

function takeFolder(options: OpenStoreOptions): { ok: true; lock: FolderLock } | { ok: false; error: StoreOpenError } {
  // A file system of its own has no other processes.
  if (options.files) return { ok: true, lock: { release: () => {} } }
  try {
    const taken = lockFolder(createNodeFileSystem(), options.folder, options.now())
    return taken.ok ? taken : { ok: false, error: { code: 'store.locked', params: { pid: taken.pid } } }
  } catch (error) {
    const code = fileErrorCode(error)
    if (code === 'ENOSPC' || code === 'EDQUOT') return { ok: false, error: { code: 'store.diskFull' } }
    if (code === '') throw error
    return { ok: false, error: { code: 'store.unreadable', params: { reason: code } } }
  }
}
