/** The part of a power cut that concerns what was not synced: for each sector, and for each name, whether it survives. */
export type UnsyncedCut =
  /** Only what was synced. */
  | { kind: 'dropUnsynced' }
  /** Of what was not synced, each sector and each name by itself, as `keeps` decides. */
  | { kind: 'scatter'; keeps: () => boolean }

/** What stands in a file, and what of it is on the disk. */
export interface Content {
  current: Buffer
  durable: Buffer
  /** Sectors written since they last reached the disk, with the count of writes then: only these can differ from what is durable. */
  unsynced: Map<number, number>
  writes: number
  /** Counts what reached the disk. */
  syncs: number
}

const sector = 512

/** A file whose bytes are all on the disk. */
export function newContent(bytes: Buffer): Content {
  return { current: bytes, durable: Buffer.from(bytes), unsynced: new Map(), writes: 0, syncs: 0 }
}

/** A copy that lives on by itself. */
export function copyOfContent(content: Content): Content {
  return {
    current: Buffer.from(content.current),
    durable: Buffer.from(content.durable),
    unsynced: new Map(content.unsynced),
    writes: content.writes,
    syncs: content.syncs,
  }
}

/** Writes into the file, not to the disk. */
export function put(content: Content, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length
  if (end > content.current.length) {
    content.current = Buffer.concat([content.current, Buffer.alloc(end - content.current.length)])
  }
  content.current.set(bytes, position)
  content.writes += 1
  for (let at = Math.floor(position / sector); at * sector < end; at += 1) content.unsynced.set(at, content.writes)
}

/**
 * A sync that failed: the system calls its sectors clean, so a later sync skips them unless they are written again. That is how Linux
 * behaves.
 */
export function giveUp(content: Content): void {
  content.unsynced.clear()
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

/** Brings pieces to the disk. */
function arrive(content: Content, pieces: readonly Piece[], { writes, length }: { writes: number; length: number }) {
  if (content.durable.length < length)
    content.durable = Buffer.concat([content.durable, Buffer.alloc(length - content.durable.length)])
  for (const { from, to, bytes } of pieces) {
    bytes.copy(content.durable, from * sector)
    for (let at = from; at < to; at += 1) if (content.unsynced.get(at)! <= writes) content.unsynced.delete(at)
  }
  content.syncs += 1
}

/** A sync that begins now: what it answers lets its bytes, as they are now, arrive. */
export function beginSync(content: Content): () => void {
  const pieces = unsyncedPieces(content)
  const then = { writes: content.writes, length: content.current.length }
  return () => arrive(content, pieces, then)
}

/** A bit of the disk itself turns over, which no later sync mends. */
export function flipBit(content: Content, byte: number, bit: number): void {
  content.current[byte]! ^= 1 << bit
  content.durable = Buffer.from(content.current)
  content.unsynced.clear()
  content.syncs += 1
}

/** What of a file is there after the power went. */
export function survivingBytes(content: Content, cut: UnsyncedCut): Buffer {
  if (cut.kind === 'dropUnsynced') return Buffer.from(content.durable)
  const bytes = Buffer.alloc(Math.max(content.current.length, content.durable.length))
  content.durable.copy(bytes)
  for (let at = 0; at < content.current.length; at += sector) {
    const part = content.current.subarray(at, at + sector)
    if (!part.equals(bytes.subarray(at, at + part.length)) && cut.keeps()) part.copy(bytes, at)
  }
  return bytes
}
