import type { FileSystem, OpenFile } from '../../src/main/core/storage/file-system.ts'
import {
  beginSync,
  type Content,
  copyOfContent,
  flipBit,
  giveUp,
  newContent,
  put,
  survivingBytes,
  type UnsyncedCut,
} from './fault-file-content.ts'

/** What the disk does wrong. Operations are counted from 1; reading counts too, because a disk can refuse it. */
export interface Faults {
  /** The process ends before this operation: it and everything after it never happens. */
  stopAt?: number
  /** When the operation at `stopAt` is a write, this share of its bytes (0 to 1) still reaches the disk. */
  tear?: number
  /** The operation fails with this code; `times` times from then on (Infinity: for good). */
  refuse?: { at: number; code: 'ENOSPC' | 'EIO'; times: number }
}

/** What survives when the power goes. */
export type PowerCut =
  | UnsyncedCut
  /** Everything: only the process was killed. What was not synced still is not, and can be lost by a later cut. */
  | { kind: 'keepAll' }

/** A disk in memory that knows the difference between written and durable, for contents and for names. */
export interface FaultDisk {
  /** For the process that runs now; it does nothing after the next `restart`. */
  readonly files: FileSystem
  /** Operations so far. */
  readonly operations: number
  /** Replaces the faults; counting goes on from where it is unless `restart`. */
  setFaults(faults: Faults, restart?: boolean): void
  /** The machine restarts: open files are gone, faults too, and only what the cut leaves is there. */
  restart(cut: PowerCut): void
  names(): string[]
  size(path: string): number
  flipBit(path: string, byte: number, bit: number): void
  removeFile(path: string): void
  /** A copy that lives on by itself. */
  clone(): FaultDisk
}

/** Thrown by every operation after the process has "ended". */
export class ProcessEnded extends Error {}

const writing = new Set(['write', 'create', 'rename', 'remove', 'sync', 'syncFolder', 'makeFolder'])

function refusal(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code })
}

/** Makes an empty disk, or one with the given contents. */
export function createFaultDisk(
  names = new Map<string, Content>(),
  durableNames = new Map<string, Content>(),
): FaultDisk {
  let operations = 0
  let faults: Faults = {}
  let refusalsLeft = 0
  /** Files opened before a restart must not write into the life after it. */
  let life = 0

  /** Counts an operation and lets it fail if it is its turn. */
  function step(kind: string, path: string, torn?: (share: number) => void) {
    operations += 1
    if (faults.stopAt !== undefined && operations >= faults.stopAt) {
      if (operations === faults.stopAt && faults.tear !== undefined) torn?.(faults.tear)
      throw new ProcessEnded(`ended before ${kind} ${path}`)
    }
    const { refuse } = faults
    if (refuse && operations >= refuse.at && refusalsLeft > 0) {
      // A full disk refuses what needs room, not what reads or overwrites in place.
      if (refuse.code === 'ENOSPC' && !['create', 'grow', 'makeFolder'].includes(kind)) return
      if (refuse.code === 'EIO' && !writing.has(kind) && kind !== 'grow' && kind !== 'read') return
      refusalsLeft -= 1
      throw refusal(refuse.code, `${kind} ${path}`)
    }
  }

  function open(path: string, content: Content): OpenFile {
    const born = life
    let closed = false
    const alive = () => {
      if (closed || born !== life) throw refusal('EBADF', path)
    }
    const sync = (): (() => void) => {
      try {
        step('sync', path)
      } catch (error) {
        if (error instanceof ProcessEnded) throw error
        giveUp(content)
        throw error
      }
      return beginSync(content)
    }
    return {
      size() {
        alive()
        return content.current.length
      },
      read(position, length) {
        alive()
        step('read', path)
        return Buffer.from(content.current.subarray(position, position + length))
      },
      write(bytes, position) {
        alive()
        const grows = position + bytes.length > content.current.length
        step(grows ? 'grow' : 'write', path, (share) =>
          put(content, bytes.subarray(0, Math.floor(bytes.length * share)), position),
        )
        put(content, bytes, position)
      },
      sync() {
        alive()
        sync()()
      },
      async syncSoon() {
        alive()
        const before = content.syncs
        const arrives = sync()
        await new Promise((resolve) => setImmediate(resolve))
        // What another sync brought to the disk meanwhile stays there.
        if (born === life && content.syncs === before) arrives()
      },
      close() {
        closed = true
      },
    }
  }

  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'))
  const filesOf = (born: number): FileSystem =>
    bindTo(born, {
      makeFolder: (path) => step('makeFolder', path),
      list(path) {
        step('list', path)
        const inside = [...names.keys()].filter((name) => folderOf(name) === path)
        return inside.map((name) => name.slice(path.length + 1)).sort()
      },
      open(path, mode) {
        step(mode === 'create' ? 'create' : 'open', path)
        const found = names.get(path)
        if (mode === 'create' && found) throw refusal('EEXIST', path)
        if (mode !== 'create' && !found) throw refusal('ENOENT', path)
        const content = found ?? newContent(Buffer.alloc(0))
        names.set(path, content)
        return open(path, content)
      },
      rename(from, to) {
        step('rename', from)
        const content = names.get(from)
        if (!content) throw refusal('ENOENT', from)
        names.delete(from)
        names.set(to, content)
      },
      remove(path) {
        step('remove', path)
        if (!names.delete(path)) throw refusal('ENOENT', path)
      },
      syncFolder(path) {
        step('syncFolder', path)
        for (const name of [...durableNames.keys()]) if (folderOf(name) === path) durableNames.delete(name)
        for (const [name, content] of names) if (folderOf(name) === path) durableNames.set(name, content)
      },
    })

  /** A process that is gone does nothing any more, however much of it is still running in this one. */
  function bindTo(born: number, target: FileSystem): FileSystem {
    return new Proxy(target, {
      get(all, name: keyof FileSystem) {
        if (born !== life) throw new ProcessEnded(`${name} after the process was gone`)
        return all[name]
      },
    })
  }

  function survivingNames(cut: UnsyncedCut): Map<string, Content> {
    const surviving = new Map(durableNames)
    if (cut.kind === 'dropUnsynced') return surviving
    for (const [name, content] of names) {
      if (durableNames.get(name) === content || !cut.keeps()) continue
      // A rename is one step on disk: the content never keeps its old name beside the new one.
      for (const [other, same] of surviving) if (same === content) surviving.delete(other)
      surviving.set(name, content)
    }
    for (const name of durableNames.keys()) {
      if (!names.has(name) && surviving.get(name) === durableNames.get(name) && cut.keeps()) surviving.delete(name)
    }
    return surviving
  }

  const disk: FaultDisk = {
    get files() {
      return filesOf(life)
    },
    get operations() {
      return operations
    },
    setFaults(given, restart = true) {
      faults = given
      refusalsLeft = given.refuse?.times ?? 0
      if (restart) operations = 0
    },
    restart(cut) {
      life += 1
      disk.setFaults({})
      if (cut.kind === 'keepAll') return
      const surviving = survivingNames(cut)
      names.clear()
      durableNames.clear()
      for (const [name, content] of surviving) {
        const bytes = survivingBytes(content, cut)
        const copy = newContent(bytes)
        names.set(name, copy)
        durableNames.set(name, copy)
      }
    },
    names: () => [...names.keys()].sort(),
    size: (path) => names.get(path)?.current.length ?? 0,
    flipBit: (path, byte, bit) => flipBit(names.get(path)!, byte, bit),
    removeFile(path) {
      names.delete(path)
      durableNames.delete(path)
    },
    clone() {
      const copies = new Map<Content, Content>()
      const copyOf = (content: Content) => {
        const copy = copies.get(content) ?? copyOfContent(content)
        copies.set(content, copy)
        return copy
      }
      const copyNames = (map: Map<string, Content>) => new Map([...map].map(([name, one]) => [name, copyOf(one)]))
      return createFaultDisk(copyNames(names), copyNames(durableNames))
    },
  }
  return disk
}
