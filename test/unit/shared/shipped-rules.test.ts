import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Agreement, agreementTypes } from '../../../src/shared/domain/account.ts'
import { addDays, type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../../src/shared/domain/geography.ts'
import { quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { firstOfMonthAfter } from '../../../src/shared/domain/rules/coming-days.ts'
import { rulePackSchema } from '../../../src/shared/domain/rules/rule-pack.ts'
import { waitingEffect } from '../../../src/shared/domain/rules/waiting-effect.ts'
import { rulesAt, shippedPacks } from '../../support/shipped-rules.ts'

const stranger = rulePackSchema.parse(
  JSON.parse(readFileSync(new URL('../../fixtures/rule-packs/cn-ctcc-14@2026-10.json', import.meta.url), 'utf8')),
)
/** Everything shipped, and a pack with shapes that are not. */
const packs = [...shippedPacks, stranger]
const place = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ carrier: fc.constantFrom(...carriers), province: fc.constantFrom(...provinces) }),
  },
  fc.constant({ carrier: 'CTCC', province: '14' } as const),
)
const day = fc.integer({ min: 0, max: 1500 }).map((days) => addDays('2026-07-01' as ShanghaiDate, days))
const termNames = [
  ...new Set(
    packs.flatMap((pack) => ((pack.sections as { terms?: { name: string }[] }).terms ?? []).map(({ name }) => name)),
  ),
]

const agreement = fc
  .record({
    type: fc.constantFrom(...agreementTypes),
    start: fc.integer({ min: -4000, max: 400 }),
    length: fc.integer({ min: 0, max: 9000 }),
    terms: fc.array(fc.integer({ min: 0, max: 5_000_000 }), {
      minLength: termNames.length,
      maxLength: termNames.length,
    }),
    devices: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ type, start, length, terms, devices }): Agreement => {
    const startDate = addDays('2026-07-01' as ShanghaiDate, start)
    return {
      id: 'A',
      agreementType: type,
      name: type,
      agreementPeriod: { startDate, endDate: addDays(startDate, length) },
      terms: Object.fromEntries(termNames.map((name, index) => [name, terms[index]!])),
      devices: Array.from({ length: devices }, (_, index) => ({ id: String(index), name: String(index) })),
    }
  })

function quote(
  one: Agreement,
  where: { carrier: (typeof carriers)[number]; province: (typeof provinces)[number] },
  on: ShanghaiDate,
) {
  const made = quotePenalty({
    agreement: one,
    rules: rulesAt(where, on, packs),
    at: startOfDay(on),
    devicesReturned: 0,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

describe('over all packs, places, days and agreements', () => {
  test('every agreement is priced, never below zero, and the last step is the amount', () => {
    fc.assert(
      fc.property(agreement, place, day, (one, where, on) => {
        const made = quote(one, where, on)
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
      fc.property(agreement, place, day, fc.integer({ min: 1, max: 30 }), (one, where, on, months) => {
        const later = firstOfMonthAfter(on, months)
        // Another version of the rules may say something else; a change of rules is not the passing of a month.
        const sameRules =
          JSON.stringify(rulesAt(where, on, packs).packs) === JSON.stringify(rulesAt(where, later, packs).packs)
        fc.pre(sameRules)
        const now = quote(one, where, on)
        const then = quote(one, where, later)
        if (![now, ...now.alternatives].some(({ grows }) => grows))
          expect(then.amountFen).toBeLessThanOrEqual(now.amountFen)
      }),
      { numRuns: 600 },
    )
  })
  test('the same question has the same answer, and a quote is not changed by asking for another', () => {
    fc.assert(
      fc.property(agreement, place, day, (one, where, on) => {
        const first = quote(one, where, on)
        const kept = structuredClone(first)
        quote(one, where, addDays(on, 40))
        waitingEffect({ agreement: one, packs, place: where, on, devicesReturned: 0 })
        expect(first).toEqual(kept)
        expect(quote(one, where, on)).toEqual(kept)
      }),
      { numRuns: 100 },
    )
  })
  test('what waiting is said to bring is what the quote of that day says', () => {
    fc.assert(
      fc.property(agreement, place, day, (one, where, on) => {
        const effect = waitingEffect({ agreement: one, packs, place: where, on, devicesReturned: 0 })
        for (const change of effect?.changes ?? [])
          expect(quote(one, where, change.on).amountFen).toBe(change.amountFen)
        if (effect?.free) expect(quote(one, where, effect.free.on).amountFen).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
