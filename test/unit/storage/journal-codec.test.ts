import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chainStart,
  decodeFrame,
  decodeSegmentHeader,
  encodeFrame,
  encodeSegmentHeader,
  frameLength,
  segmentHeaderLength,
} from '../../../src/main/core/storage/journal-format.ts'
import { scanSegment } from '../../../src/main/core/storage/journal-scan.ts'
import { secretKey } from '../../../src/main/core/storage/sealing.ts'
import { decodeWrites, encodeWrites, wellFormed } from '../../../src/main/core/storage/statement-codec.ts'
import type { SqlValue } from '../../../src/main/core/storage/store.ts'

const value: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }),
)
const writes = fc.array(fc.record({ sql: fc.string({ unit: 'grapheme' }), params: fc.array(value) }), { maxLength: 6 })

describe('the content of a frame', () => {
  test('decodes to exactly what was encoded', () => {
    fc.assert(
      fc.property(writes, (list) => {
        expect(decodeWrites(encodeWrites(list))).toEqual(list)
      }),
    )
  })

  test('decodes or is refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeWrites(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })

  test('half characters are replaced, because memory and journal must hold the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = wellFormed(text)
        expect(decodeWrites(encodeWrites([{ sql: '', params: [safe] }]))[0]!.params[0]).toBe(safe)
      }),
    )
    expect(wellFormed('a\uD800b')).toBe('a\uFFFDb')
    expect(wellFormed('销号柜台 📱')).toBe('销号柜台 📱')
  })
})

const key = secretKey(new Uint8Array(32).fill(5))
const identity = { storeId: randomBytes(16), segment: 3, dataKeyId: 1 }

/** A segment with one frame per content, written as one batch after frame `before`. */
function segmentOf(contents: Uint8Array[], before: number): { bytes: Buffer; starts: number[] } {
  const length = contents.reduce((sum, content) => sum + frameLength(content.length), 0)
  const bytes = Buffer.alloc(segmentHeaderLength + length + 1024)
  encodeSegmentHeader({ ...identity, firstSequence: before + 1, previousTag: chainStart }, key).copy(bytes)
  const starts: number[] = []
  let at = segmentHeaderLength
  let previousTag: Buffer = chainStart
  for (const [index, plain] of contents.entries()) {
    starts.push(at)
    const frame = { sequence: before + 1 + index, durable: before, previousTag, plain }
    previousTag = encodeFrame(bytes, at, frame, identity, key)
    at += frameLength(plain.length)
  }
  return { bytes, starts }
}

const contents = fc.array(fc.uint8Array({ maxLength: 900 }), { minLength: 1, maxLength: 5 })

describe('a segment', () => {
  test('gives back every frame in order, chained', () => {
    fc.assert(
      fc.property(contents, fc.nat({ max: 2 ** 40 }), (list, before) => {
        const findings = scanSegment(segmentOf(list, before).bytes, identity, key)
        expect(findings.every((found) => found.kind === 'frame')).toBe(true)
        const frames = findings.flatMap((found) => (found.kind === 'frame' ? found.frame : []))
        expect(frames.map((frame) => Buffer.from(frame.plain))).toEqual(list.map((content) => Buffer.from(content)))
        expect(frames.map((frame) => frame.sequence)).toEqual(list.map((_, index) => before + 1 + index))
        for (const [index, frame] of frames.entries()) {
          expect(frame.previousTag).toEqual(index === 0 ? chainStart : frames[index - 1]!.tag)
        }
      }),
    )
  })

  test('its first block authenticates, and only with its key', () => {
    const header = { ...identity, firstSequence: 77, previousTag: randomBytes(16) }
    const bytes = encodeSegmentHeader(header, key)
    expect(decodeSegmentHeader(bytes, () => key)).toEqual(header)
    expect(decodeSegmentHeader(bytes, () => secretKey(new Uint8Array(32)))).toBeUndefined()
    expect(decodeSegmentHeader(bytes, () => undefined)).toBeUndefined()
  })

  test('a frame does not open in another store, another segment or with another key', () => {
    const { bytes, starts } = segmentOf([Buffer.from('three rows')], 0)
    const at = starts[0]!
    expect(decodeFrame(bytes, at, identity, key)).toBeDefined()
    expect(decodeFrame(bytes, at, { ...identity, storeId: randomBytes(16) }, key)).toBeUndefined()
    expect(decodeFrame(bytes, at, { ...identity, segment: 4 }, key)).toBeUndefined()
    expect(decodeFrame(bytes, at, identity, secretKey(new Uint8Array(32)))).toBeUndefined()
  })

  test('cut anywhere, it is seen as unfinished and gives the frames before the cut', () => {
    fc.assert(
      fc.property(contents, fc.double({ min: 0, max: 0.9999, noNaN: true }), (list, share) => {
        const { bytes, starts } = segmentOf(list, 10)
        const end = bytes.length - 1024
        const cut = segmentHeaderLength + Math.floor((end - segmentHeaderLength) * share)
        bytes.fill(0, cut)
        const findings = scanSegment(bytes, identity, key)
        const frames = findings.filter((found) => found.kind === 'frame').length
        expect(frames).toBeGreaterThanOrEqual(starts.filter((start) => start <= cut).length - 1)
        for (const found of findings) if (found.kind === 'gap') expect(found.gap.unfinished).toBe(true)
      }),
    )
  })

  test('a changed bit in a finished frame is never taken for an unfinished write', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.nat({ max: 7 }), (list, spot, bit) => {
        const { bytes, starts } = segmentOf(list, 10)
        const victim = starts[spot % starts.length]!
        const end = starts[starts.indexOf(victim) + 1] ?? bytes.length - 1024
        // The padding at the end means nothing; everything before it does.
        const content = list[starts.indexOf(victim)]!.length
        const at = victim + (spot % (72 + content))
        bytes[at]! ^= 1 << bit
        const findings = scanSegment(bytes, identity, key)
        const gap = findings.find((found) => found.kind === 'gap')
        expect(gap).toMatchObject({ gap: { from: victim, to: end, unfinished: false } })
        expect(findings.filter((found) => found.kind === 'frame')).toHaveLength(list.length - 1)
      }),
    )
  })
})
