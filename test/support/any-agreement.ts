import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Agreement, agreementTypes } from '../../src/shared/domain/account.ts'
import { addDays, type ShanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import { carriers, provinces } from '../../src/shared/domain/geography.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import { type RulePlace, rulePackSchema } from '../../src/shared/domain/rules/rule-pack.ts'
import { rulesAt, shippedPacks } from './shipped-rules.ts'

const stranger = rulePackSchema.parse(
  JSON.parse(readFileSync(new URL('../fixtures/rule-packs/cn-ctcc-14@2026-10.json', import.meta.url), 'utf8')),
)
/** Everything shipped, and a pack with shapes that are not. */
export const allPacks = [...shippedPacks, stranger]

const firstDay = '2026-07-01' as ShanghaiDate

/** Any place, and often the one with the shapes nobody ships. */
export const anyPlace: fc.Arbitrary<RulePlace> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ carrier: fc.constantFrom(...carriers), province: fc.constantFrom(...provinces) }),
  },
  fc.constant({ carrier: 'CTCC', province: '14' } as const),
)

/** Any day of the four years from the first pack on. */
export const anyDay = fc.integer({ min: 0, max: 1500 }).map((days) => addDays(firstDay, days))

const termNames = [
  ...new Set(
    allPacks.flatMap((pack) => ((pack.sections as { terms?: { name: string }[] }).terms ?? []).map(({ name }) => name)),
  ),
]

/** Any agreement of any kind, with every term a rule may ask for; begun, running or ended. */
export const anyAgreement: fc.Arbitrary<Agreement> = fc
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
    const startDate = addDays(firstDay, start)
    return {
      id: 'A',
      agreementType: type,
      name: type,
      agreementPeriod: { startDate, endDate: addDays(startDate, length) },
      terms: Object.fromEntries(termNames.map((name, index) => [name, terms[index]!])),
      devices: Array.from({ length: devices }, (_, index) => ({ id: String(index), name: String(index) })),
    }
  })

/** What an agreement costs at a place on a day; throws where the rules cannot price it. */
export function quoteOf(agreement: Agreement, place: RulePlace, on: ShanghaiDate) {
  const rules = rulesAt(place, on, allPacks)
  const made = quotePenalty({ agreement, rules, at: startOfDay(on), devicesReturned: 0 })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}
