import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backOffSeconds } from '../../../service/src/orders/back-off.ts'

it('waits longer each time, never beyond the longest, never in step with others', () => {
  const timing = { retryFirstSeconds: 2, retryLongestSeconds: 300 }
  fc.assert(
    fc.property(fc.nat(1_000_000), (attempts) => {
      const seconds = backOffSeconds(attempts, timing)
      const middle = Math.min(2 * 2 ** Math.min(attempts, 20), 300)
      expect(seconds).toBeGreaterThanOrEqual(middle * 0.8)
      expect(seconds).toBeLessThanOrEqual(middle * 1.2)
    }),
  )
  expect(new Set(Array.from({ length: 20 }, () => backOffSeconds(3, timing))).size).toBeGreaterThan(1)
})
