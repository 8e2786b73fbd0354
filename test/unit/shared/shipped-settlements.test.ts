import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Agreement, HomeAccount } from '../../../src/shared/domain/account.ts'
import { addDays, instant, type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { lateFeeOf } from '../../../src/shared/domain/late-fee.ts'
import { fen, sumFen } from '../../../src/shared/domain/money.ts'
import type { RulePlace } from '../../../src/shared/domain/rules/rule-pack.ts'
import { type Settlement, settle } from '../../../src/shared/domain/settlement.ts'
import { allPacks, anyAgreement, anyDay, anyPlace, quoteOf } from '../../support/any-agreement.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

/*
 * Whole final bills under the shipped packs: several agreements of any kind, bills with late fees, balances, gifts, a deposit, waivers.
 */

const money = fc.integer({ min: 0, max: 3_000_000 })

/** What an account may hold besides agreements; days are counted back from the day of the bill. */
const holdings = fc.record({
  bills: fc.array(fc.record({ unpaid: money, daysLate: fc.integer({ min: -20, max: 700 }) }), { maxLength: 4 }),
  cash: fc.array(money, { maxLength: 3 }),
  gifts: fc.array(money, { maxLength: 3 }),
  deposit: money,
  unbilled: money,
})
type Holdings = typeof holdings extends fc.Arbitrary<infer T> ? T : never

function accountOf(agreements: Agreement[], has: Holdings, place: RulePlace, on: ShanghaiDate): HomeAccount {
  return {
    number: {
      msisdn: '13935108826' as never,
      carrier: place.carrier,
      homeProvince: place.province,
      state: 'active',
      maskedName: '**明',
      premium: false,
      realNamed: true,
      cardType: 'SIM',
    },
    city: '—',
    productName: 'P',
    monthlyFeeFen: fen(5900),
    openedOn: on,
    agreements,
    bills: has.bills.map(({ unpaid, daysLate }, index) => ({
      id: `B${index}`,
      billingPeriod: '2026-06',
      amountFen: fen(unpaid),
      unpaidFen: fen(unpaid),
      paymentDueDate: addDays(on, -daysLate),
      invoiced: false,
    })),
    unbilledFen: fen(has.unbilled),
    buckets: [
      ...has.cash.map((remaining, index) => ({
        id: `C${index}`,
        kind: 'cash' as const,
        name: 'cash',
        remainingFen: fen(remaining),
      })),
      ...has.gifts.map((remaining, index) => ({
        id: `G${index}`,
        kind: 'gift' as const,
        name: 'gift',
        remainingFen: fen(remaining),
      })),
    ],
    depositFen: fen(has.deposit),
    points: 0,
    bundleMembers: [],
    asOf: instant(startOfDay(on)),
  }
}

/** One bill of everything, with a waiver asked for every second agreement. */
function settled(agreements: Agreement[], has: Holdings, waiver: number, place: RulePlace, on: ShanghaiDate) {
  const { lateFee } = rulesAt(place, on, allPacks)
  const account = accountOf(agreements, has, place, on)
  const quotes = agreements.map((one) => quoteOf(one, place, on))
  const waivers = agreements
    .filter(({ id }) => Number(id.slice(1)) % 2 === 0)
    .map(({ id }) => ({ agreementId: id, waivedFen: fen(waiver) }))
  return { account, quotes, waivers, lateFee, settlement: settle({ account, quotes, waivers, lateFee, on }) }
}

/** The lines of a bill whatever their order. */
const asSet = ({ lines, ...sums }: Settlement) => ({ ...sums, lines: lines.map((line) => JSON.stringify(line)).sort() })

const agreements = fc
  .array(anyAgreement, { maxLength: 5 })
  .map((list) => list.map((one, index): Agreement => ({ ...one, id: `A${index}` })))

describe('whole bills over all packs, places and days', () => {
  test('the lines sum to the total, every charge and credit stands there once, and one side is zero', () => {
    fc.assert(
      fc.property(agreements, holdings, money, anyPlace, anyDay, (list, has, waiver, place, on) => {
        const { account, quotes, waivers, lateFee, settlement } = settled(list, has, waiver, place, on)
        const { lines, totalFen, payableFen, refundableFen } = settlement
        expect(lines.every(({ amountFen }) => Number.isSafeInteger(amountFen))).toBe(true)
        expect(sumFen(lines.map((line) => line.amountFen))).toBe(totalFen)
        expect([payableFen, refundableFen]).toEqual([Math.max(0, totalFen), Math.max(0, -totalFen)])
        // The same sum, taken from the account and the quotes and not from the lines.
        const owed = account.bills.map((bill) => bill.unpaidFen + lateFeeOf(bill, lateFee, on).amountFen)
        const penalties = quotes.map(({ agreementId, amountFen }) => {
          const waived = waivers.find((one) => one.agreementId === agreementId)?.waivedFen ?? 0
          return Math.max(0, amountFen - waived)
        })
        const cash = account.buckets.filter(({ kind }) => kind === 'cash').map((one) => -one.remainingFen)
        const all = [...owed, ...penalties, ...cash, account.unbilledFen, -account.depositFen]
        expect(all.reduce((sum, each) => sum + each, 0)).toBe(totalFen)
      }),
      { numRuns: 400 },
    )
  })

  test('the order of agreements, bills and buckets does not matter to any line', () => {
    fc.assert(
      fc.property(
        agreements.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        holdings,
        money,
        anyPlace,
        anyDay,
        ([list, mixed], has, waiver, place, on) => {
          const straight = settled(list, has, waiver, place, on)
          const { account, lateFee } = straight
          const turned = {
            ...account,
            bills: [...account.bills].reverse(),
            buckets: [...account.buckets].reverse(),
            agreements: mixed,
          }
          const quotes = mixed.map((one) => quoteOf(one, place, on))
          const again = settle({ account: turned, quotes, waivers: [...straight.waivers].reverse(), lateFee, on })
          expect(asSet(again)).toEqual(asSet(straight.settlement))
          // Another agreement on the line changes nobody else's price.
          for (const quote of quotes)
            expect(quote).toEqual(straight.quotes.find(({ agreementId }) => agreementId === quote.agreementId))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a month later an agreement adds nothing to the bill, unless its rule is declared as growing', () => {
    fc.assert(
      fc.property(agreements, anyPlace, anyDay, (list, place, on) => {
        const later = addDays(on, 31)
        const rules = [on, later].map((day) => JSON.stringify(rulesAt(place, day, allPacks).packs))
        fc.pre(rules[0] === rules[1])
        const still = list.filter((one) => {
          const quote = quoteOf(one, place, on)
          return ![quote, ...quote.alternatives].some(({ grows }) => grows)
        })
        const nothing = { bills: [], cash: [], gifts: [], deposit: 0, unbilled: 0 }
        const [now, then] = [on, later].map((day) => settled(still, nothing, 0, place, day).settlement.totalFen)
        expect(then).toBeLessThanOrEqual(now!)
      }),
      { numRuns: 300 },
    )
  })
})
