import type { EngineOptions } from './engine-options.ts'
import type { StoreOpenError, StoreOpenResult } from './errors.ts'
import { type FileSystem, fileErrorCode } from './file-system.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import type { Migration } from './migrations.ts'
import { createNodeFileSystem } from './node-file-system.ts'
import { createStore } from './store-client.ts'
import type { SnapshotPolicy, Store, StoreLogEntry } from './store-types.ts'
import { openWorkerLink } from './worker-link.ts'

export type { Row, SnapshotPolicy, SqlValue, Store, StoreLogEntry, Transaction } from './store-types.ts'

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
