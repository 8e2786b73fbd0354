import type { KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { isSealedHeader, sealHeader } from './sealed-header.ts'
import { freshNonce, seal, tagLength, unseal } from './sealing.ts'

/** Layout of journal segments; FORMAT.md describes it in words. All numbers are little-endian. */
export const segmentHeaderLength = 4096
export const frameHeaderLength = 72
const version = 1
const segmentMagic = Buffer.from('CFSTJRNL')
const frameMagic = 0x4d524643
const headerTagAt = 80
const frameAssociatedLength = 40

/** Tag that stands before the very first frame. */
export const chainStart = Buffer.alloc(tagLength)

/** What binds a frame to its place: a frame of another store, segment or key does not authenticate here. */
export interface SegmentIdentity {
  storeId: Buffer
  segment: number
  dataKeyId: number
}

/** The first block of a segment: where it stands in the chain. */
export interface SegmentHeader extends SegmentIdentity {
  /** Sequence of the first frame in this segment. */
  firstSequence: number
  /** Tag of the frame before it. */
  previousTag: Buffer
}

/** One transaction as found in a segment. */
export interface Frame {
  sequence: number
  /** Highest sequence that was on disk when this frame was written. */
  durable: number
  previousTag: Buffer
  tag: Buffer
  /** Encoded writes. */
  plain: Buffer
  start: number
  end: number
}

/** Name of segment `number` in the data folder. */
export function segmentName(number: number): string {
  return `journal-${String(number).padStart(8, '0')}.cfj`
}

/** Segment number of a file name, or `undefined` for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = /^journal-(\d{8,})\.cfj$/.exec(name)
  return match ? Number(match[1]) : undefined
}

/** Bytes a frame takes on disk: header, content, and 1 to 8 bytes 0xFF up to a multiple of eight. */
export function frameLength(contentLength: number): number {
  return (Math.floor((frameHeaderLength + contentLength) / 8) + 1) * 8
}

/** Encodes and authenticates the first block of a segment. */
export function encodeSegmentHeader(header: SegmentHeader, key: KeyObject): Buffer {
  const bytes = Buffer.alloc(segmentHeaderLength)
  segmentMagic.copy(bytes, 0)
  bytes.writeUInt8(version, 8)
  header.storeId.copy(bytes, 16)
  bytes.writeUInt32LE(header.segment, 32)
  bytes.writeUInt32LE(header.dataKeyId, 36)
  writeSequence(bytes, header.firstSequence, 40)
  header.previousTag.copy(bytes, 48)
  sealHeader(bytes, headerTagAt, key)
  return bytes
}

/** Reads the first block; `undefined` when it does not authenticate with the key it names. */
export function decodeSegmentHeader(
  bytes: Buffer,
  keyOf: (dataKeyId: number) => KeyObject | undefined,
): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderLength || !bytes.subarray(0, 8).equals(segmentMagic)) return undefined
  if (bytes.readUInt8(8) !== version) return undefined
  const dataKeyId = bytes.readUInt32LE(36)
  const key = keyOf(dataKeyId)
  if (!key || !isSealedHeader(bytes, headerTagAt, key)) return undefined
  return {
    storeId: Buffer.from(bytes.subarray(16, 32)),
    segment: bytes.readUInt32LE(32),
    dataKeyId,
    firstSequence: readSequence(bytes, 40),
    previousTag: Buffer.from(bytes.subarray(48, 64)),
  }
}

/** Seals one frame into `target` at `at`; returns its tag, which the next frame names. */
export function encodeFrame(
  target: Buffer,
  at: number,
  frame: { sequence: number; durable: number; previousTag: Buffer; plain: Uint8Array },
  identity: SegmentIdentity,
  key: KeyObject,
): Buffer {
  const header = target.subarray(at, at + frameHeaderLength)
  header.writeUInt32LE(frameMagic, 0)
  header.writeUInt32LE(frame.plain.length, 4)
  writeSequence(header, frame.sequence, 8)
  writeSequence(header, frame.durable, 16)
  frame.previousTag.copy(header, 24)
  const sealed = seal(key, freshNonce(), associated(header, identity), frame.plain)
  sealed.nonce.copy(header, 40)
  sealed.tag.copy(header, 52)
  header.writeUInt32LE(crc32(header.subarray(0, 68)), 68)
  const end = at + frameLength(frame.plain.length)
  sealed.ciphertext.copy(target, at + frameHeaderLength)
  target.fill(0xff, at + frameHeaderLength + frame.plain.length, end)
  return sealed.tag
}

/** Extent of the frame whose header stands at `at`; `undefined` when the header's checksum does not hold. */
export function frameExtent(bytes: Buffer, at: number): { sequence: number; end: number } | undefined {
  if (at + frameHeaderLength > bytes.length || bytes.readUInt32LE(at) !== frameMagic) return undefined
  if (crc32(bytes.subarray(at, at + 68)) !== bytes.readUInt32LE(at + 68)) return undefined
  return { sequence: readSequence(bytes, at + 8), end: at + frameLength(bytes.readUInt32LE(at + 4)) }
}

/** Opens the frame at `at`; `undefined` when anything about it is not as it was written. */
export function decodeFrame(bytes: Buffer, at: number, identity: SegmentIdentity, key: KeyObject): Frame | undefined {
  const extent = frameExtent(bytes, at)
  if (!extent || extent.end > bytes.length) return undefined
  const header = bytes.subarray(at, at + frameHeaderLength)
  const start = at + frameHeaderLength
  const sealed = {
    nonce: header.subarray(40, 52),
    tag: header.subarray(52, 68),
    ciphertext: bytes.subarray(start, start + header.readUInt32LE(4)),
  }
  const plain = unseal(key, sealed, associated(header, identity))
  if (!plain) return undefined
  return {
    sequence: extent.sequence,
    durable: readSequence(header, 16),
    previousTag: Buffer.from(header.subarray(24, 40)),
    tag: Buffer.from(sealed.tag),
    plain,
    start: at,
    end: extent.end,
  }
}

function associated(frameHeader: Buffer, identity: SegmentIdentity): Buffer {
  const bytes = Buffer.allocUnsafe(frameAssociatedLength + 25)
  frameHeader.copy(bytes, 0, 0, frameAssociatedLength)
  identity.storeId.copy(bytes, frameAssociatedLength)
  bytes.writeUInt32LE(identity.segment, frameAssociatedLength + 16)
  bytes.writeUInt32LE(identity.dataKeyId, frameAssociatedLength + 20)
  bytes.writeUInt8(version, frameAssociatedLength + 24)
  return bytes
}

/** Sequences are counted in doubles, which are exact far beyond what a counter will ever write. */
export function writeSequence(bytes: Buffer, sequence: number, at: number): void {
  bytes.writeUInt32LE(sequence % 0x1_0000_0000, at)
  bytes.writeUInt32LE(Math.floor(sequence / 0x1_0000_0000), at + 4)
}

/** Reads what `writeSequence` wrote. */
export function readSequence(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000
}
