import type { SqlValue } from './store-types.ts'

/** A write as it is applied and journaled: the statement's text and its values. */
export interface Write {
  sql: string
  params: readonly SqlValue[]
}

/** Tags of a value; numbers that fit 32 bits take five bytes, all others are IEEE doubles. */
const tag = { null: 0, int32: 1, double: 2, text: 3, blob: 4 } as const

/** Room to encode in: the length is known only afterwards, and an oversized buffer per frame would keep the collector busy. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)

/**
 * Encodes the writes of one transaction as the plain content of a frame.
 * Text must be well-formed (see `wellFormed`), so that decoding gives back exactly what was applied.
 */
export function encodeWrites(writes: readonly Write[]): Buffer {
  let size = 5
  for (const { sql, params } of writes) {
    size += 10 + sql.length * 3
    for (const value of params) size += typeof value === 'string' ? 6 + value.length * 3 : blobRoom(value)
  }
  const bytes = size <= scratch.length ? scratch : Buffer.allocUnsafeSlow(size)
  let at = writeCount(bytes, writes.length, 0)
  for (const { sql, params } of writes) {
    at = writeText(bytes, sql, at)
    at = writeCount(bytes, params.length, at)
    for (const value of params) at = writeValue(bytes, value, at)
  }
  return Buffer.from(bytes.subarray(0, at))
}

function blobRoom(value: SqlValue): number {
  return value instanceof Uint8Array ? 6 + value.length : 9
}

function writeValue(bytes: Buffer, value: SqlValue, at: number): number {
  if (value === null) return bytes.writeUInt8(tag.null, at)
  if (typeof value === 'string') return writeText(bytes, value, bytes.writeUInt8(tag.text, at))
  if (typeof value === 'number') {
    const small = (value | 0) === value && !Object.is(value, -0)
    return small
      ? bytes.writeInt32LE(value, bytes.writeUInt8(tag.int32, at))
      : bytes.writeDoubleLE(value, bytes.writeUInt8(tag.double, at))
  }
  const next = writeCount(bytes, value.length, bytes.writeUInt8(tag.blob, at))
  bytes.set(value, next)
  return next + value.length
}

function writeText(bytes: Buffer, text: string, at: number): number {
  const length = Buffer.byteLength(text)
  const next = writeCount(bytes, length, at)
  bytes.write(text, next)
  return next + length
}

/** Seven bits per byte, lowest first; the high bit says that more follow. */
function writeCount(bytes: Buffer, count: number, at: number): number {
  let rest = count
  let next = at
  while (rest > 0x7f) {
    next = bytes.writeUInt8((rest & 0x7f) | 0x80, next)
    rest >>>= 7
  }
  return bytes.writeUInt8(rest, next)
}

/** Decodes what `encodeWrites` wrote. Throws a `RangeError` on anything else. */
export function decodeWrites(bytes: Buffer): Write[] {
  let at = 0

  function take(length: number): Buffer {
    if (at + length > bytes.length) throw new RangeError('frame content ends early')
    at += length
    return bytes.subarray(at - length, at)
  }

  function readCount(): number {
    let count = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = take(1)[0]!
      count += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return count
    }
    throw new RangeError('count too long')
  }

  function readValue(): SqlValue {
    const kind = take(1)[0]!
    if (kind === tag.null) return null
    if (kind === tag.int32) return take(4).readInt32LE(0)
    if (kind === tag.double) return take(8).readDoubleLE(0)
    if (kind === tag.text) return take(readCount()).toString('utf8')
    if (kind === tag.blob) return new Uint8Array(take(readCount()))
    throw new RangeError(`unknown value tag ${kind}`)
  }

  const writes: Write[] = []
  for (let left = readCount(); left > 0; left -= 1) {
    const sql = take(readCount()).toString('utf8')
    const params: SqlValue[] = []
    for (let values = readCount(); values > 0; values -= 1) params.push(readValue())
    writes.push({ sql, params })
  }
  if (at !== bytes.length) throw new RangeError('frame content goes on after its end')
  return writes
}

/** Part of every runtime this code meets, but not of the language version the types are written for. */
interface WellFormedText {
  toWellFormed(): string
}

/** Replaces half characters, which UTF-8 cannot carry, so that memory and journal hold the same text. */
export function wellFormed(value: SqlValue): SqlValue {
  return typeof value === 'string' ? (value as unknown as WellFormedText).toWellFormed() : value
}
