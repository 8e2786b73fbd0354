import type { FileSystem, OpenFile } from '../../../src/main/core/storage/file-system.ts'
import { type FaultDisk, ProcessEnded } from '../fault-file-system.ts'
import type { Scheduler } from './scheduler.ts'

/** True for what comes of a disk whose life is over, however the store has wrapped it. */
export function isOfDeadLife(error: unknown): boolean {
  return (
    error instanceof ProcessEnded || (error instanceof Error && /ended before|this life is over/.test(error.message))
  )
}

/** The disk as one life of a counter sees it. After its death nothing it does reaches the disk any more. */
export interface DiskOfLife {
  files: FileSystem
  end(): void
}

/**
 * Gives a life its view of the disk. `ended` is called when the disk's own fault ends the process in the middle of an operation.
 * `syncMs` draws how long a sync in the background takes.
 */
export function diskOfLife(disk: FaultDisk, scheduler: Scheduler, syncMs: () => number, ended: () => void): DiskOfLife {
  let alive = true

  function guard<T>(work: () => T): T {
    if (!alive) throw new ProcessEnded('this life is over')
    try {
      return work()
    } catch (error) {
      if (error instanceof ProcessEnded && alive) {
        alive = false
        ended()
      }
      throw error
    }
  }

  const fileOf = (file: OpenFile): OpenFile => ({
    size: () => guard(() => file.size()),
    read: (position, length) => guard(() => file.read(position, length)),
    write: (bytes, position) => guard(() => file.write(bytes, position)),
    sync: () => guard(() => file.sync()),
    async syncSoon() {
      await scheduler.sleep(syncMs())
      // Checked here, so that a fault of the disk at this operation ends the life and not only the promise.
      if (!alive) throw new ProcessEnded('this life is over')
      try {
        await file.syncSoon()
      } catch (error) {
        guard(() => {
          throw error
        })
      }
    },
    close: () => file.close(),
  })
  const { files } = disk
  return {
    files: {
      makeFolder: (path) => guard(() => files.makeFolder(path)),
      list: (path) => guard(() => files.list(path)),
      open: (path, mode) => fileOf(guard(() => files.open(path, mode))),
      rename: (from, to) => guard(() => files.rename(from, to)),
      remove: (path) => guard(() => files.remove(path)),
      syncFolder: (path) => guard(() => files.syncFolder(path)),
    },
    end() {
      alive = false
    },
  }
}
