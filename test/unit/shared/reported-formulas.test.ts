import { describe, expect, test } from 'vitest'
import type { Agreement, AgreementType } from '../../../src/shared/domain/account.ts'
import { type ShanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { lateFeeOf } from '../../../src/shared/domain/late-fee.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import type { RulePlace } from '../../../src/shared/domain/rules/rule-pack.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

/*
 * Every formula that was found, with its place and grade, priced to the fen by the shipped packs. `known` says whether the place itself
 * is known to use it; everywhere else it is shown as an assumption.
 */
interface Reported {
  fact: string
  place: RulePlace
  type: AgreementType
  from?: string
  to?: string
  terms: Record<string, number>
  devices?: [count: number, returned: number]
  rule: string
  fen: number
  known: boolean
}

const taiyuan: RulePlace = { carrier: 'CTCC', province: '14' }
const heilongjiang: RulePlace = { carrier: 'CMCC', province: '23' }
const hainan: RulePlace = { carrier: 'CMCC', province: '46' }
const hotan: RulePlace = { carrier: 'CUCC', province: '65' }
const on = '2026-11-21' as ShanghaiDate
const guarantee = { monthlyGuaranteeFen: 29900 }
const premium = { type: 'PREMIUM_NUMBER', rule: 'premium', from: '2023-12-01' } as const

const reported: Reported[] = [
  {
    fact: 'F01: 205 × 299.00 × 0.30',
    place: taiyuan,
    ...premium,
    to: '2043-12-31',
    terms: guarantee,
    fen: 1838850,
    known: true,
  },
  {
    fact: 'F01 to 2050: 289 months',
    place: taiyuan,
    ...premium,
    to: '2050-12-31',
    terms: guarantee,
    fen: 2592330,
    known: true,
  },
  {
    fact: 'F01 to 2099: 877 months',
    place: taiyuan,
    ...premium,
    to: '2099-12-31',
    terms: guarantee,
    fen: 7866690,
    known: true,
  },
  {
    fact: 'F02: list price − discount price + 30 % of the remaining prepaid sum',
    place: heilongjiang,
    type: 'TERMINAL_SUBSIDY',
    terms: { handsetListPriceFen: 399900, discountPriceFen: 199900, remainingPrepaidFen: 60000 },
    rule: 'handset',
    fen: 218000,
    known: true,
  },
  {
    fact: 'F03: gifted credit received + 30 %',
    place: heilongjiang,
    type: 'OWN_DEVICE_PREPAY',
    terms: { giftedCreditFen: 24000, remainingPrepaidFen: 10000 },
    rule: 'own-device',
    fen: 27000,
    known: true,
  },
  {
    fact: 'F04: all discounts enjoyed so far',
    place: heilongjiang,
    type: 'DISCOUNT_PLAN',
    terms: { discountsEnjoyedFen: 12345 },
    rule: 'discount',
    fen: 12345,
    known: true,
  },
  {
    fact: 'F05: gifted prepaid sum + 30 %',
    place: heilongjiang,
    type: 'PREPAY_GIFT_CREDIT',
    terms: { giftedPrepaidFen: 10000, remainingPrepaidFen: 5 },
    rule: 'prepay-gift-credit',
    // 30 % of five fen is one and a half: half-up.
    fen: 10002,
    known: true,
  },
  {
    fact: 'F06: gift at list price + 30 %',
    place: heilongjiang,
    type: 'PREPAY_GIFT_ITEM',
    terms: { giftListPriceFen: 29900, remainingPrepaidFen: 20000 },
    rule: 'prepay-gift-item',
    fen: 35900,
    known: true,
  },
  {
    fact: 'F07: desk phone + 30 %',
    place: heilongjiang,
    type: 'FMC_BUNDLE',
    terms: { deskPhonePriceFen: 19900, remainingPrepaidFen: 1000 },
    rule: 'fixed-mobile-bundle',
    fen: 20200,
    known: true,
  },
  {
    fact: 'F08: 10 yuan × unused months',
    place: hainan,
    type: 'BROADBAND_TERM',
    from: '2024-01-01',
    terms: { installFeeFen: 0 },
    rule: 'broadband',
    fen: 12000,
    known: true,
  },
  {
    fact: 'F08: 100 yuan per modem not returned',
    place: hainan,
    type: 'DEVICE_LEASE',
    terms: {},
    devices: [3, 1],
    rule: 'device',
    fen: 20000,
    known: true,
  },
  {
    fact: 'F09: the installation fee while no more than 24 months have passed',
    place: hainan,
    type: 'BROADBAND_TERM',
    from: '2024-11-21',
    terms: { installFeeFen: 10000 },
    rule: 'broadband',
    fen: 22000,
    known: true,
  },
  {
    fact: 'F09: nothing of it afterwards',
    place: hainan,
    type: 'BROADBAND_TERM',
    from: '2024-10-01',
    terms: { installFeeFen: 10000 },
    rule: 'broadband',
    fen: 12000,
    known: true,
  },
  // F10 and F11 know a spending floor and no exit fee: the penalty there is the formula of F01, and says that it is assumed.
  {
    fact: 'F10: no exit fee is known',
    place: heilongjiang,
    ...premium,
    terms: guarantee,
    fen: 12 * 8970,
    known: false,
  },
  { fact: 'F11: no exit fee is known', place: hotan, ...premium, terms: guarantee, fen: 12 * 8970, known: false },
  {
    fact: 'F12: remaining months × monthly fee × 0.30',
    place: taiyuan,
    type: 'FAMILY_SHARE',
    terms: { monthlyFeeFen: 12900 },
    rule: 'family-share',
    fen: 46440,
    known: false,
  },
  {
    fact: 'F13: subsidy ÷ total months × remaining months',
    place: taiyuan,
    type: 'TERMINAL_SUBSIDY',
    terms: { subsidyFen: 180000, handsetListPriceFen: 500000, discountPriceFen: 100000, remainingPrepaidFen: 0 },
    rule: 'handset-subsidy',
    fen: 93913,
    known: false,
  },
]

describe('the formulas that were found', () => {
  test.each(reported)(
    '$fact',
    ({ place, type, from = '2025-12-01', to = '2027-11-30', terms, devices, rule, ...wanted }) => {
      const [count, devicesReturned] = devices ?? [0, 0]
      const agreement: Agreement = {
        id: 'A1',
        agreementType: type,
        name: type,
        agreementPeriod: { startDate: from as ShanghaiDate, endDate: to as ShanghaiDate },
        terms,
        devices: Array.from({ length: count }, (_, index) => ({ id: String(index), name: String(index) })),
      }
      const quote = quotePenalty({ agreement, rules: rulesAt(place, on), at: startOfDay(on), devicesReturned })
      expect(quote).toMatchObject({
        ok: true,
        value: { ruleId: rule, amountFen: wanted.fen, assumed: !wanted.known },
      })
    },
  )

  test('the late fee: 3‰ a day, simple, per bill, half-up', () => {
    const { lateFee } = rulesAt(taiyuan, on)
    const bill = (unpaid: number, due: string) => ({
      id: 'B',
      billingPeriod: '2026-09',
      amountFen: fen(unpaid),
      unpaidFen: fen(unpaid),
      paymentDueDate: due as ShanghaiDate,
      invoiced: false,
    })
    // 86.40 × 0.003 × 41 is 10.6272 yuan; a day on 0.50 is 0.15 of a fen, a day on 1.67 a little more than half of one.
    const fees = [bill(8640, '2026-10-11'), bill(50, '2026-11-20'), bill(167, '2026-11-20'), bill(8640, on)]
    expect(fees.map((each) => lateFeeOf(each, lateFee, on).amountFen)).toEqual([1063, 0, 1, 0])
  })
})
