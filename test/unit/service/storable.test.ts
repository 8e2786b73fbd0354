import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isStorable, isStorableText } from '../../../service/src/storable.ts'

it('takes what can be kept and read back, and nothing else', () => {
  for (const text of ['', '销号', '💥', 'a\nb', '\\u0000', '\uffff', '\\ud800'])
    expect(isStorable({ a: [text] })).toBe(true)
  for (const text of ['\0', 'R\0', '\ud800', 'a\udc00b', '💥\ud83d']) {
    expect(isStorable({ a: [text] })).toBe(false)
    expect(isStorable({ [text]: 1 })).toBe(false)
  }
  expect(isStorable(undefined)).toBe(true)
  expect(isStorable({ bytes: new Uint8Array(3), at: 1, is: null })).toBe(true)
})

it('goes down no further than anything of the contract, whatever is sent', () => {
  expect(isStorable(JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`))).toBe(true)
  expect(isStorable(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBe(false)
})

it('says of one text what it says of the value', () => {
  const piece = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('\\', '\0', '\ud800', '\udfff', '"'))
  const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(text, (one) => {
      expect(isStorable([one])).toBe(isStorableText(one))
    }),
  )
})
