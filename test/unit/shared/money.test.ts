import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fen, formatYuan, multiplyRatio, parseDecimal, parseYuan, sumFen } from '../../../src/shared/domain/money.ts'

const amount = fc.integer({ min: -10_000_000_00, max: 10_000_000_00 }).map(fen)

test('what is printed can be read back to the fen', () => {
  fc.assert(fc.property(amount, (value) => parseYuan(formatYuan(value).replace('−', '-')) === value))
})

test('a clerk may type yuan with commas, a sign of currency, one decimal or none', () => {
  expect(parseYuan('18,388.50')).toBe(1838850)
  expect(parseYuan('¥ 12')).toBe(1200)
  expect(parseYuan('0.5')).toBe(50)
  for (const wrong of ['', '1.234', 'abc', '1..2', '--3', '1e5']) expect(parseYuan(wrong)).toBeUndefined()
})

test('half a fen goes up, away from zero on both sides', () => {
  expect(multiplyRatio(fen(1), 1n, 2n)).toBe(1)
  expect(multiplyRatio(fen(-1), 1n, 2n)).toBe(-1)
  expect(multiplyRatio(fen(1), 49n, 100n)).toBe(0)
})

test('rounding is never further than half a fen from the exact product', () => {
  fc.assert(
    fc.property(
      amount,
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.bigInt({ min: 1n, max: 10_000n }),
      (value, numerator, denominator) => {
        const error = BigInt(multiplyRatio(value, numerator, denominator)) * denominator - BigInt(value) * numerator
        return 2n * (error < 0n ? -error : error) <= denominator
      },
    ),
  )
})

test('decimals are read exactly', () => {
  expect(parseDecimal('0.003')).toEqual({ numerator: 3n, denominator: 1000n })
  expect(parseDecimal('30')).toEqual({ numerator: 30n, denominator: 1n })
  expect(parseDecimal('3‰')).toBeUndefined()
})

test('a sum does not depend on the order, and a fraction of a fen is a bug', () => {
  fc.assert(fc.property(fc.array(amount), (values) => sumFen(values) === sumFen([...values].reverse())))
  expect(() => fen(0.5)).toThrow(RangeError)
})
