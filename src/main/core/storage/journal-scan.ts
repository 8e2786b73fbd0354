import type { KeyObject } from 'node:crypto'
import {
  decodeFrame,
  type Frame,
  frameExtent,
  frameHeaderLength,
  type SegmentIdentity,
  segmentHeaderLength,
} from './journal-format.ts'

/** Bytes that are neither a whole frame nor blank. */
export interface Gap {
  from: number
  to: number
  /**
   * The bytes look like a write that never finished: parts of it are still blank, because segments are preallocated
   * with zeros. A frame that was finished and changed later has no blank part.
   */
  unfinished: boolean
}

/** What stands in a segment, in order. */
export type Finding = { kind: 'frame'; frame: Frame } | { kind: 'gap'; gap: Gap }

/** Disks write whole sectors: an interrupted write leaves each sector either old (blank) or new. */
const sectorLength = 512
const zeros = Buffer.alloc(1 << 20)

/** Walks a segment from its first frame on and finds every frame, also behind damaged places. */
export function scanSegment(bytes: Buffer, identity: SegmentIdentity, key: KeyObject): Finding[] {
  const findings: Finding[] = []
  const contentEnd = lastWrittenByte(bytes) + 1
  let at = segmentHeaderLength
  while (at < contentEnd) {
    const frame = decodeFrame(bytes, at, identity, key)
    if (frame) {
      findings.push({ kind: 'frame', frame })
      at = frame.end
    } else {
      const to = nextFrame(bytes, at + 8, contentEnd, identity, key)
      findings.push({ kind: 'gap', gap: { from: at, to, unfinished: looksUnfinished(bytes, at, contentEnd) } })
      at = to
    }
  }
  return findings
}

function nextFrame(bytes: Buffer, from: number, contentEnd: number, identity: SegmentIdentity, key: KeyObject): number {
  for (let at = from; at < contentEnd; at += 8) {
    if (frameExtent(bytes, at) && decodeFrame(bytes, at, identity, key)) return at
  }
  return contentEnd
}

function looksUnfinished(bytes: Buffer, from: number, contentEnd: number): boolean {
  const extent = frameExtent(bytes, from)
  const to = extent ? extent.end : from + frameHeaderLength
  if (to > bytes.length || contentEnd < to) return true
  let start = from
  while (start < to) {
    const end = Math.min(to, (Math.floor(start / sectorLength) + 1) * sectorLength)
    if (end - start >= 8 && isBlank(bytes, start, end)) return true
    start = end
  }
  return false
}

/** Whether all bytes of a range are zero. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += zeros.length) {
    const end = Math.min(to, at + zeros.length)
    if (bytes.compare(zeros, 0, end - at, at, end) !== 0) return false
  }
  return true
}

function lastWrittenByte(bytes: Buffer): number {
  let end = bytes.length
  // Whole blank blocks first: most of a young segment is blank.
  while (end > 4096 && isBlank(bytes, end - 4096, end)) end -= 4096
  for (let at = end - 1; at >= 0; at -= 1) if (bytes[at] !== 0) return at
  return -1
}
