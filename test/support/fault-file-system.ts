import type { FileSystem, OpenFile } from '../../src/main/core/storage/file-system.ts'

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
  /** Only what was synced. */
  | { kind: 'dropUnsynced' }
  /** Everything: only the process was killed. What was not synced still is not, and can be lost by a later cut. */
  | { kind: 'keepAll' }
  /** Of what was not synced, each sector and each name by itself, as `keeps` decides. */
  | { kind: 'scatter'; keeps: () => boolean }

interface Content {
  current: Buffer
  durable: Buffer
  /** Sectors written since they last reached the disk, with the count of writes then: only these can differ from what is durable. */
  unsynced: Map<number, number>
  writes: number
  /** Counts what reached the disk. */
  syncs: number
  /**
   * Sectors a failed sync gave up: the system calls them clean, so a later sync skips them unless they are written
   * again. That is how Linux behaves.
   */
  givenUp: Set<number>
}

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

const sector = 512
const writing = new Set(['write', 'create', 'rename', 'remove', 'sync', 'syncFolder', 'makeFolder'])

function refusal(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code })
}

function newContent(bytes: Buffer): Content {
  return { current: bytes, durable: Buffer.from(bytes), unsynced: new Map(), writes: 0, syncs: 0, givenUp: new Set() }
}

/** Sectors side by side that a sync which begins now brings to the disk; they may arrive later. */
interface Piece {
  from: number
  to: number
  bytes: Buffer
}

/** A copy of what is not synced yet. */
function unsyncedPieces({ current, unsynced }: Content): Piece[] {
  const pieces: Piece[] = []
  for (const at of [...unsynced.keys()].sort((a, b) => a - b)) {
    const last = pieces.at(-1)
    if (last?.to === at) last.to += 1
    else pieces.push({ from: at, to: at + 1, bytes: current })
  }
  for (const piece of pieces) piece.bytes = Buffer.from(current.subarray(piece.from * sector, piece.to * sector))
  return pieces
}

function arrive(content: Content, pieces: readonly Piece[], { writes, length }: { writes: number; length: number }) {
  if (content.durable.length < length)
    content.durable = Buffer.concat([content.durable, Buffer.alloc(length - content.durable.length)])
  for (const { from, to, bytes } of pieces) {
    bytes.copy(content.durable, from * sector)
    for (let at = from; at < to; at += 1) if (content.unsynced.get(at)! <= writes) content.unsynced.delete(at)
  }
  content.syncs += 1
}

function* sectorsOf(from: number, to: number): Generator<number> {
  for (let at = Math.floor(from / sector); at * sector < to; at += 1) yield at
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
    const put = (bytes: Uint8Array, position: number) => {
      const end = position + bytes.length
      if (end > content.current.length) {
        content.current = Buffer.concat([content.current, Buffer.alloc(end - content.current.length)])
      }
      content.current.set(bytes, position)
      content.writes += 1
      for (const at of sectorsOf(position, end)) {
        content.givenUp.delete(at)
        content.unsynced.set(at, content.writes)
      }
    }
    const sync = (): (() => void) => {
      try {
        step('sync', path)
      } catch (error) {
        if (error instanceof ProcessEnded) throw error
        for (const at of content.unsynced.keys()) {
          const range = [at * sector, (at + 1) * sector] as const
          if (!content.current.subarray(...range).equals(content.durable.subarray(...range))) content.givenUp.add(at)
        }
        content.unsynced.clear()
        throw error
      }
      const pieces = unsyncedPieces(content)
      const then = { writes: content.writes, length: content.current.length }
      return () => arrive(content, pieces, then)
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
          put(bytes.subarray(0, Math.floor(bytes.length * share)), position),
        )
        put(bytes, position)
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

  function survivingNames(cut: Exclude<PowerCut, { kind: 'keepAll' }>): Map<string, Content> {
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

  function survivingBytes(content: Content, cut: Exclude<PowerCut, { kind: 'keepAll' }>): Buffer {
    if (cut.kind === 'dropUnsynced') return Buffer.from(content.durable)
    const bytes = Buffer.alloc(Math.max(content.current.length, content.durable.length))
    content.durable.copy(bytes)
    for (let at = 0; at < content.current.length; at += sector) {
      const part = content.current.subarray(at, at + sector)
      if (!part.equals(bytes.subarray(at, at + part.length)) && cut.keeps()) part.copy(bytes, at)
    }
    return bytes
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
    flipBit(path, byte, bit) {
      const content = names.get(path)!
      content.current[byte]! ^= 1 << bit
      content.durable = Buffer.from(content.current)
      content.unsynced.clear()
      content.syncs += 1
    },
    removeFile(path) {
      names.delete(path)
      durableNames.delete(path)
    },
    clone() {
      const copies = new Map<Content, Content>()
      const copyOf = (content: Content) => {
        const copy = copies.get(content) ?? {
          current: Buffer.from(content.current),
          durable: Buffer.from(content.durable),
          unsynced: new Map(content.unsynced),
          writes: content.writes,
          syncs: content.syncs,
          givenUp: new Set(content.givenUp),
        }
        copies.set(content, copy)
        return copy
      }
      const copyNames = (map: Map<string, Content>) => new Map([...map].map(([name, one]) => [name, copyOf(one)]))
      return createFaultDisk(copyNames(names), copyNames(durableNames))
    },
  }
  return disk
}
