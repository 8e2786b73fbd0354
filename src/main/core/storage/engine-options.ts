import type { FileSystem } from './file-system.ts'
import type { Migration } from './migrations.ts'
import type { SnapshotPolicy, StoreLogEntry } from './store-types.ts'

/** Everything the engine is given; it reads neither clock nor environment. */
export interface EngineOptions {
  files: FileSystem
  folder: string
  key: Uint8Array
  migrations: readonly Migration[]
  snapshotAfter?: Partial<SnapshotPolicy>
  /** Size of a journal segment in bytes; 4 MiB. */
  segmentBytes?: number
  log?: (entry: StoreLogEntry) => void
}

export const defaultSegmentBytes = 4 * 1024 * 1024

/** Chosen so that replaying the journal adds well under half a second to opening. */
export const defaultSnapshotPolicy: SnapshotPolicy = { bytes: 8 * 1024 * 1024, frames: 5000, idleMs: 2000 }
