import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Agreement, agreementTypes, type HomeAccount } from '../../../src/shared/domain/account.ts'
import { addDays, instant, type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { lateFeeOf } from '../../../src/shared/domain/late-fee.ts'
import { fen, sumFen } from '../../../src/shared/domain/money.ts'
import { type PenaltyQuote, quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { packInForce, resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import { settle } from '../../../src/shared/domain/settlement.ts'
import { rulesAt, shippedPacks } from '../../support/shipped-rules.ts'

const today = '2026-11-21' as ShanghaiDate
const at = startOfDay(today)
const { lateFee } = rulesAt({ carrier: 'CTCC', province: '14' }, today)

function agreement(changes: Partial<Agreement>): Agreement {
  return {
    id: 'A1',
    agreementType: 'PREMIUM_NUMBER',
    name: '吉祥号码协议',
    agreementPeriod: { startDate: '2023-12-01' as ShanghaiDate, endDate: '2043-12-31' as ShanghaiDate },
    terms: {},
    devices: [],
    ...changes,
  }
}

function quote(
  changes: Partial<Agreement>,
  where: { carrier?: 'CMCC' | 'CTCC'; province?: '14' | '23' | '46'; devicesReturned?: number; on?: ShanghaiDate } = {},
) {
  const on = where.on ?? today
  const place = { carrier: where.carrier ?? 'CTCC', province: where.province ?? '14' }
  const rules = resolveRules(shippedPacks, place, on)
  if (!rules.ok) return rules
  return quotePenalty({
    agreement: agreement(changes),
    rules: rules.value,
    at: startOfDay(on),
    devicesReturned: where.devicesReturned ?? 0,
  })
}
const amountOf = (result: ReturnType<typeof quote>) => (result.ok ? result.value.amountFen : result.error.code)

describe('the formulas really seen', () => {
  test('F01: 205 months × 299.00 × 30 % = 18,388.50, with every step', () => {
    const result = quote({ terms: { monthlyGuaranteeFen: 29900 } })
    expect(amountOf(result)).toBe(1838850)
    expect(result.ok && result.value.steps.map((step) => step.value)).toEqual([205, 29900, 6129500, 1838850])
    expect(result.ok && result.value.assumed).toBe(false)
  })
  test('F01 elsewhere is the same sum but says that it is assumed', () => {
    const result = quote({ terms: { monthlyGuaranteeFen: 29900 } }, { carrier: 'CMCC', province: '23' })
    expect(amountOf(result)).toBe(1838850)
    expect(result.ok && result.value.assumed).toBe(true)
  })
  const heilongjiang = { carrier: 'CMCC', province: '23' } as const
  test.each([
    [
      'F02 handset',
      'TERMINAL_SUBSIDY',
      { handsetListPriceFen: 399900, discountPriceFen: 199900, remainingPrepaidFen: 60001 },
      200000 + 18000,
    ],
    [
      'F02 never pays back',
      'TERMINAL_SUBSIDY',
      { handsetListPriceFen: 100, discountPriceFen: 200, remainingPrepaidFen: 0 },
      0,
    ],
    ['F03 own device', 'OWN_DEVICE_PREPAY', { giftedCreditFen: 24000, remainingPrepaidFen: 10000 }, 27000],
    ['F04 discounts', 'DISCOUNT_PLAN', { discountsEnjoyedFen: 12345 }, 12345],
    ['F05 gifted prepaid', 'PREPAY_GIFT_CREDIT', { giftedPrepaidFen: 10000, remainingPrepaidFen: 5 }, 10002],
    ['F06 gift', 'PREPAY_GIFT_ITEM', { giftListPriceFen: 29900, remainingPrepaidFen: 20000 }, 35900],
    ['F07 desk phone', 'FMC_BUNDLE', { deskPhonePriceFen: 19900, remainingPrepaidFen: 1000 }, 20200],
  ] as const)('%s', (_name, agreementType, terms, expected) => {
    const result = quote({ agreementType, terms }, heilongjiang)
    expect(amountOf(result)).toBe(expected)
    expect(result.ok && result.value.assumed).toBe(false)
  })
  test('F08 and F09: 10 yuan per unused month, installation fee only within 24 months', () => {
    const period = (startDate: string, endDate: string) => ({
      agreementPeriod: { startDate: startDate as ShanghaiDate, endDate: endDate as ShanghaiDate },
    })
    const where = { carrier: 'CMCC', province: '46' } as const
    const terms = { installFeeFen: 10000 }
    expect(
      amountOf(quote({ agreementType: 'BROADBAND_TERM', terms, ...period('2024-11-01', '2027-11-30') }, where)),
    ).toBe(12000 + 10000)
    expect(
      amountOf(quote({ agreementType: 'BROADBAND_TERM', terms, ...period('2024-10-01', '2027-11-30') }, where)),
    ).toBe(12000)
    const devices = [
      { id: 'M1', name: '光猫' },
      { id: 'M2', name: '机顶盒' },
    ]
    expect(amountOf(quote({ agreementType: 'DEVICE_LEASE', devices }, where))).toBe(20000)
    expect(amountOf(quote({ agreementType: 'DEVICE_LEASE', devices }, { ...where, devicesReturned: 1 }))).toBe(10000)
    expect(amountOf(quote({ agreementType: 'DEVICE_LEASE', devices }, { ...where, devicesReturned: 5 }))).toBe(0)
  })
})

describe('quotes', () => {
  test('an agreement that has ended costs nothing', () => {
    const ended = {
      agreementPeriod: { startDate: '2020-01-01' as ShanghaiDate, endDate: '2026-11-20' as ShanghaiDate },
    }
    expect(amountOf(quote({ agreementType: 'DISCOUNT_PLAN', terms: { discountsEnjoyedFen: 500 }, ...ended }))).toBe(0)
  })
  test('what a rule needs and the agreement lacks is said, not guessed', () =>
    expect(amountOf(quote({ terms: {} }))).toBe('quote.termMissing'))
  test('before the first pack nothing can be priced', () =>
    expect(amountOf(quote({ terms: { monthlyGuaranteeFen: 1 } }, { on: '2026-06-30' as ShanghaiDate }))).toBe(
      'quote.noPack',
    ))
  test('every kind of agreement has a rule in every province', () => {
    const { penaltyRules } = rulesAt({ carrier: 'CBN', province: '54' }, today)
    for (const agreementType of agreementTypes)
      expect(penaltyRules.find((rule) => rule.agreementType === agreementType)?.assumed).toBe(true)
  })
  test('the order in which packs were read does not matter', () => {
    for (const province of ['23', '46'] as const) {
      const place = { carrier: 'CMCC', province } as const
      const rules = rulesAt(place, today)
      expect(rulesAt(place, today, [...shippedPacks].reverse())).toEqual(rules)
    }
  })
  test('a later pack takes over on its first day', () => {
    const next = {
      ...shippedPacks.find(({ id }) => id === 'cn')!,
      version: '2027-01',
      validFrom: '2027-01-01' as ShanghaiDate,
    }
    for (const packs of [
      [next, ...shippedPacks],
      [...shippedPacks, next],
    ]) {
      expect(packInForce(packs, 'cn', '2026-12-31' as ShanghaiDate)?.version).toBe(
        shippedPacks.find(({ id }) => id === 'cn')!.version,
      )
      expect(packInForce(packs, 'cn', '2027-01-01' as ShanghaiDate)?.version).toBe('2027-01')
    }
  })
  test('a premium penalty never rises as time passes and is never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (day, later, guarantee) => {
          const price = (days: number) =>
            amountOf(quote({ terms: { monthlyGuaranteeFen: guarantee } }, { on: addDays(today, days) })) as number
          return price(day) >= price(day + later) && price(day + later) >= 0
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the late fee', () => {
  const bill = (unpaid: number, due: string) => ({
    id: 'B',
    billingPeriod: '2026-09',
    amountFen: fen(unpaid),
    unpaidFen: fen(unpaid),
    paymentDueDate: due as ShanghaiDate,
    invoiced: false,
  })
  test('3‰ a day for 41 days on 86.40 is 10.63', () =>
    expect(lateFeeOf(bill(8640, '2026-10-11'), lateFee, today).amountFen).toBe(1063))
  test('nothing is due before the first day of arrears', () =>
    expect(lateFeeOf(bill(8640, '2026-11-22'), lateFee, today)).toMatchObject({ daysLate: 0, amountFen: 0 }))
})

describe('the settlement', () => {
  const account = (changes: Partial<HomeAccount>): HomeAccount => ({
    number: {
      msisdn: '13935108826' as never,
      carrier: 'CTCC',
      homeProvince: '14',
      state: 'active',
      maskedName: '**明',
      premium: true,
      realNamed: true,
      cardType: 'SIM',
    },
    city: '太原',
    productName: 'P',
    monthlyFeeFen: fen(5900),
    openedOn: today,
    agreements: [],
    bills: [],
    unbilledFen: fen(0),
    buckets: [],
    depositFen: fen(0),
    points: 0,
    bundleMembers: [],
    asOf: instant(at),
    ...changes,
  })
  const priced = (changes: Partial<Agreement>) => (quote(changes) as { ok: true; value: PenaltyQuote }).value

  test('the sketch’s case comes to 18,553.46', () => {
    const result = settle({
      account: account({
        bills: [
          {
            id: 'B1',
            billingPeriod: '2026-09',
            amountFen: fen(8640),
            unpaidFen: fen(8640),
            paymentDueDate: '2026-10-11' as ShanghaiDate,
            invoiced: false,
          },
        ],
        buckets: [
          { id: 'C', kind: 'cash', name: '现金', remainingFen: fen(13207) },
          { id: 'G', kind: 'gift', name: '赠送', remainingFen: fen(999) },
        ],
      }),
      quotes: [
        priced({ terms: { monthlyGuaranteeFen: 29900 } }),
        priced({
          id: 'A2',
          agreementType: 'DEVICE_LEASE',
          terms: { devicePriceFen: 10000 },
          devices: [
            { id: '1', name: 'm' },
            { id: '2', name: 's' },
          ],
        }),
      ],
      waivers: [],
      lateFee,
      on: today,
    })
    expect(result.totalFen).toBe(1855346)
    expect(result.lines.find((line) => line.kind === 'giftForfeited')).toMatchObject({
      amountFen: 0,
      detail: { forfeitedFen: 999 },
    })
  })

  test('a waiver never takes off more than its penalty', () => {
    const result = settle({
      account: account({}),
      quotes: [priced({ terms: { monthlyGuaranteeFen: 29900 } })],
      waivers: [{ agreementId: 'A1', waivedFen: fen(99_999_999) }],
      lateFee,
      on: today,
    })
    expect(result.totalFen).toBe(0)
  })

  test('lines sum to the total, one side is zero, and the order of agreements does not matter', () => {
    const money = fc.integer({ min: 0, max: 5_000_000 })
    fc.assert(
      fc.property(
        fc.array(money, { maxLength: 5 }),
        fc.array(money, { maxLength: 4 }),
        money,
        money,
        (discounts, cash, deposit, unbilled) => {
          const quotes = discounts.map((discountsEnjoyedFen, i) =>
            priced({ id: `A${i}`, agreementType: 'DISCOUNT_PLAN', terms: { discountsEnjoyedFen } }),
          )
          const home = account({
            depositFen: fen(deposit),
            unbilledFen: fen(unbilled),
            buckets: cash.map((remaining, i) => ({
              id: `C${i}`,
              kind: 'cash',
              name: 'c',
              remainingFen: fen(remaining),
            })),
          })
          const request = { account: home, waivers: [], lateFee, on: today }
          const result = settle({ ...request, quotes })
          expect(sumFen(result.lines.map((line) => line.amountFen))).toBe(result.totalFen)
          expect(result.payableFen - result.refundableFen).toBe(result.totalFen)
          expect(Math.min(result.payableFen, result.refundableFen)).toBe(0)
          expect(settle({ ...request, quotes: [...quotes].reverse() }).totalFen).toBe(result.totalFen)
        },
      ),
    )
  })
})
