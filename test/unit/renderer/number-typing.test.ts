import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupDigits, restOfMask, typeNumber } from '../../../src/renderer/ui/number-typing.ts'

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((each) => each.join(''))

/** Types a text key by key, each at the caret, as a person does. */
function typeKeys(keys: string) {
  let state = { digits: '', text: '', caret: 0 }
  for (const key of keys) {
    const { text, caret } = state
    state = typeNumber(text.slice(0, caret) + key + text.slice(caret), caret + 1)
  }
  return state
}

describe('typing a number', () => {
  test('groups three, four, four', () => {
    expect(groupDigits('13935108826')).toBe('139 3510 8826')
    expect(groupDigits('1393')).toBe('139 3')
    expect(groupDigits('')).toBe('')
  })

  test('whatever is typed key by key arrives digit by digit, with the caret at the end', () => {
    fc.assert(
      fc.property(
        digits(0, 10).map((rest) => `1${rest}`),
        (number) => {
          const typed = typeKeys(number)
          expect(typed.digits).toBe(number)
          expect(typed.text.replaceAll(' ', '')).toBe(typed.digits)
          expect(typed.caret).toBe(typed.text.length)
        },
      ),
    )
  })

  test('a digit inserted in the middle lands where the caret was', () => {
    expect(typeNumber('139 35X10', 7)).toEqual({ digits: '1393510', text: '139 3510', caret: 6 })
    expect(typeNumber('139 93510', 5).caret).toBe(5)
  })

  test('a pasted number loses hyphens, spaces and the country code', () => {
    for (const pasted of ['+86 139-3510-8826', '0086 13935108826', '139 3510 8826', '１３９３５１０８８２６'])
      expect(typeNumber(pasted, pasted.length).digits).toBe('13935108826')
  })

  test('a number that is too long stays too long, so that it can be refused', () => {
    expect(typeNumber('1440123456789', 13).digits).toHaveLength(13)
    expect(typeNumber('144012345678901234', 18).digits).toHaveLength(13)
  })

  test('the empty places complete what was typed', () => {
    expect(restOfMask('')).toBe('___ ____ ____')
    expect(restOfMask('135 0')).toBe('___ ____')
    expect(restOfMask('139 3510 8826')).toBe('')
  })
})
