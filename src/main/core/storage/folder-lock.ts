import { randomUUID } from 'node:crypto'
import { type FileSystem, fileErrorCode, readWholeFile, removeIfPresent } from './file-system.ts'
import { isSameStart, startOf } from './process-start.ts'

/** Who holds a folder. */
interface LockHolder {
  pid: number
  /** When the process started, as far as the system tells, so that a reused number is not taken for the old process. */
  started: string
  /** Random: names this very lock. */
  token: string
  /** UTC epoch milliseconds; for people who look into the file. */
  since: number
}

export interface FolderLock {
  /** Gives the folder back; does nothing when the lock is no longer ours. */
  release(): void
}

const lockName = 'store.lock'

/**
 * Takes a data folder for this process, or returns the process id that holds it. A lock whose process is gone is taken
 * over. Two processes may race for such a stale lock: only the one that wins the exclusive `takeover` file named after
 * the stale lock's token may replace it, and it looks once more whether that lock is still the one it judged stale.
 */
export function lockFolder(
  files: FileSystem,
  folder: string,
  now: number,
): { ok: true; lock: FolderLock } | { ok: false; pid: number } {
  files.makeFolder(folder)
  const mine: LockHolder = { pid: process.pid, started: startOf(process.pid), token: randomUUID(), since: now }
  const holder = acquire(files, `${folder}/${lockName}`, mine)
  if (holder.token !== mine.token) return { ok: false, pid: holder.pid }
  return {
    ok: true,
    lock: {
      release() {
        const path = `${folder}/${lockName}`
        if (readHolder(files, path)?.token === mine.token) removeIfPresent(files, path)
      },
    },
  }
}

/** Returns who holds the file afterwards. */
function acquire(files: FileSystem, path: string, mine: LockHolder): LockHolder {
  if (createExclusively(files, path, mine)) return mine
  const found = readHolder(files, path)
  if (!found) return acquireUnreadable(files, path, mine)
  if (isAlive(found)) return found
  const takeover = `${path}.takeover-${found.token}`
  const winner = acquire(files, takeover, mine)
  if (winner.token !== mine.token) return winner
  try {
    const current = readHolder(files, path)
    if (current?.token !== found.token) return current ?? found
    const fresh = `${path}.${mine.token}`
    createExclusively(files, fresh, mine)
    files.rename(fresh, path)
    return mine
  } finally {
    removeIfPresent(files, takeover)
  }
}

/**
 * A lock without readable content is being written or released this very moment. Only one that stays unreadable is a
 * crash's remainder: its writer died between creating and writing it, so nobody works under it.
 */
function acquireUnreadable(files: FileSystem, path: string, mine: LockHolder): LockHolder {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let wait = 0; wait < 50 && isUnreadable(files, path); wait += 1) Atomics.wait(sleeper, 0, 0, 20)
  if (isUnreadable(files, path)) removeIfPresent(files, path)
  return acquire(files, path, mine)
}

function isUnreadable(files: FileSystem, path: string): boolean {
  return readWholeFile(files, path) !== undefined && readHolder(files, path) === undefined
}

function createExclusively(files: FileSystem, path: string, holder: LockHolder): boolean {
  try {
    const file = files.open(path, 'create')
    file.write(Buffer.from(JSON.stringify(holder)), 0)
    file.sync()
    file.close()
    return true
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false
    throw error
  }
}

function readHolder(files: FileSystem, path: string): LockHolder | undefined {
  const bytes = readWholeFile(files, path)
  try {
    const value: unknown = bytes && JSON.parse(bytes.toString())
    return isHolder(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHolder(value: unknown): value is LockHolder {
  return typeof value === 'object' && value !== null && 'pid' in value && 'token' in value && 'started' in value
}

function isAlive(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (fileErrorCode(error) === 'ESRCH') return false
  }
  return isSameStart(holder.started, startOf(holder.pid))
}
