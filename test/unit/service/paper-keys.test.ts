import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paperKeysOf } from '../../../service/src/papers/paper-keys.ts'

const keys = { old: '11'.repeat(32), new: '22'.repeat(32) }

describe('papers are sealed', () => {
  it('so that only the same content about the same paper comes out again', () => {
    const ring = paperKeysOf('old', keys)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.nat(), (content, about, at) => {
        const sealed = ring.seal(content, about)
        expect(new Uint8Array(ring.open(sealed, about))).toEqual(content)
        expect(() => ring.open(sealed, `${about}x`)).toThrow()
        const changed = Uint8Array.from(sealed.sealed)
        changed[at % changed.length]! ^= 1
        expect(() => ring.open({ ...sealed, sealed: changed }, about)).toThrow()
      }),
    )
  })

  it('with the newest key, and what an older one sealed stays readable', () => {
    const before = paperKeysOf('old', { old: keys.old }).seal(Buffer.from('paper'), 'a')
    const after = paperKeysOf('new', keys)
    expect(after.open(before, 'a').toString()).toBe('paper')
    expect(after.seal(Buffer.from('x'), 'a').keyId).toBe('new')
    expect(() => paperKeysOf('new', { new: keys.new }).open(before, 'a')).toThrow('old is not at hand')
  })
})
