import fs from 'node:fs'
import type { FileSystem, OpenFile } from './file-system.ts'
import { fileErrorCode } from './file-system.ts'

const openFlags = { read: 'r', readWrite: 'r+', create: 'wx+' } as const

/** The disk of this machine. Files are readable by their owner only. */
export function createNodeFileSystem(): FileSystem {
  return {
    makeFolder(path) {
      fs.mkdirSync(path, { recursive: true, mode: 0o700 })
    },
    list(path) {
      try {
        return fs
          .readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => entry.name)
          .sort()
      } catch (error) {
        if (fileErrorCode(error) === 'ENOENT') return []
        throw error
      }
    },
    open(path, mode) {
      return openNodeFile(fs.openSync(path, openFlags[mode], 0o600))
    },
    rename(from, to) {
      renamePatiently(from, to)
    },
    remove(path) {
      fs.unlinkSync(path)
    },
    syncFolder,
  }
}

function openNodeFile(descriptor: number): OpenFile {
  return {
    size: () => fs.fstatSync(descriptor).size,
    read(position, length, scratch) {
      const bytes = scratch && scratch.length >= length ? scratch : Buffer.allocUnsafe(length)
      let done = 0
      while (done < length) {
        const count = fs.readSync(descriptor, bytes, done, length - done, position + done)
        if (count === 0) break
        done += count
      }
      return bytes.subarray(0, done)
    },
    write(bytes, position) {
      let done = 0
      while (done < bytes.length) {
        done += fs.writeSync(descriptor, bytes, done, bytes.length - done, position + done)
      }
    },
    sync: () => fs.fdatasyncSync(descriptor),
    syncSoon: () =>
      new Promise((resolve, reject) => {
        fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))
      }),
    close: () => fs.closeSync(descriptor),
  }
}

/** Virus scanners on Windows hold a fresh file open for a moment; renaming it then fails and works shortly after. */
function renamePatiently(from: string, to: string): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let attempt = 1; ; attempt += 1) {
    try {
      fs.renameSync(from, to)
      return
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(fileErrorCode(error))
      if (!busy || process.platform !== 'win32' || attempt === 12) throw error
      Atomics.wait(sleeper, 0, 0, Math.min(5 * 2 ** attempt, 250))
    }
  }
}

/** Windows cannot open a folder for syncing; there NTFS journals the name together with the file's own sync. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
