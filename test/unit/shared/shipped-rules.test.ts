import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/shared/domain/calendar.ts'
import { firstOfMonthAfter } from '../../../src/shared/domain/rules/coming-days.ts'
import { waitingEffect } from '../../../src/shared/domain/rules/waiting-effect.ts'
import { allPacks, anyAgreement, anyDay, anyPlace, quoteOf } from '../../support/any-agreement.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

describe('over all packs, places, days and agreements', () => {
  test('every agreement is priced, never below zero, and the last step is the amount', () => {
    fc.assert(
      fc.property(anyAgreement, anyPlace, anyDay, (one, where, on) => {
        const made = quoteOf(one, where, on)
        for (const derived of [made, ...made.alternatives]) {
          expect(derived.amountFen).toBeGreaterThanOrEqual(0)
          expect(derived.steps.at(-1)!.value).toBe(derived.amountFen)
          expect(derived.clause.zh && derived.clause.en && derived.source.zh && derived.source.en).toBeTruthy()
        }
        if (made.chosenBy === 'lowest')
          for (const other of made.alternatives) expect(other.amountFen).toBeGreaterThanOrEqual(made.amountFen)
      }),
      { numRuns: 400 },
    )
  })
  test('no quote rises when a month passes, unless its rule is declared as growing', () => {
    fc.assert(
      fc.property(anyAgreement, anyPlace, anyDay, fc.integer({ min: 1, max: 30 }), (one, where, on, months) => {
        const later = firstOfMonthAfter(on, months)
        // Another version of the rules may say something else; a change of rules is not the passing of a month.
        const sameRules =
          JSON.stringify(rulesAt(where, on, allPacks).packs) === JSON.stringify(rulesAt(where, later, allPacks).packs)
        fc.pre(sameRules)
        const now = quoteOf(one, where, on)
        const then = quoteOf(one, where, later)
        if (![now, ...now.alternatives].some(({ grows }) => grows))
          expect(then.amountFen).toBeLessThanOrEqual(now.amountFen)
      }),
      { numRuns: 600 },
    )
  })
  test('the same question has the same answer, and a quote is not changed by asking for another', () => {
    fc.assert(
      fc.property(anyAgreement, anyPlace, anyDay, (one, where, on) => {
        const first = quoteOf(one, where, on)
        const kept = structuredClone(first)
        quoteOf(one, where, addDays(on, 40))
        waitingEffect({ agreement: one, packs: allPacks, place: where, on, devicesReturned: 0 })
        expect(first).toEqual(kept)
        expect(quoteOf(one, where, on)).toEqual(kept)
      }),
      { numRuns: 100 },
    )
  })
  test('what waiting is said to bring is what the quote of that day says', () => {
    fc.assert(
      fc.property(anyAgreement, anyPlace, anyDay, (one, where, on) => {
        const effect = waitingEffect({ agreement: one, packs: allPacks, place: where, on, devicesReturned: 0 })
        for (const change of effect?.changes ?? [])
          expect(quoteOf(one, where, change.on).amountFen).toBe(change.amountFen)
        if (effect?.free) expect(quoteOf(one, where, effect.free.on).amountFen).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
