import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate, shanghaiDate, startOfDay } from '../../../src/shared/domain/calendar.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { recheckFigures, type SignedFigures } from '../../../src/shared/domain/recheck.ts'
import { settle } from '../../../src/shared/domain/settlement.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

const today = '2026-11-21' as ShanghaiDate
const pricedAt = instant(startOfDay(today) + 36_000_000)
const rules = rulesAt({ carrier: 'CTCC', province: '14' }, today)

function accountOf(unpaidFen: number, unbilledFen: number, depositFen: number, spendFen: number): HomeAccount {
  return {
    agreements: [
      {
        id: 'A-1',
        agreementType: 'PREMIUM_NUMBER',
        name: 'A',
        agreementPeriod: { startDate: '2023-12-01', endDate: '2043-12-31' },
        terms: { monthlySpendFen: spendFen, monthlyGuaranteeFen: spendFen, percent: 30 },
        devices: [],
      },
    ],
    bills: [
      {
        id: 'B-1',
        billingPeriod: '2026-09',
        amountFen: fen(unpaidFen),
        unpaidFen: fen(unpaidFen),
        paymentDueDate: '2026-10-21',
        invoiced: false,
      },
    ],
    unbilledFen: fen(unbilledFen),
    buckets: [],
    depositFen: fen(depositFen),
  } as unknown as HomeAccount
}

function signedOf(account: HomeAccount): SignedFigures {
  const agreements = account.agreements.map((agreement) => {
    const quote = quotePenalty({ agreement, rules, at: pricedAt, devicesReturned: 0 })
    if (!quote.ok) throw new Error(quote.error.code)
    return { agreementId: agreement.id, quote: quote.value, devicesReturned: 0, waivedFen: fen(0) }
  })
  const settlement = settle({
    account,
    quotes: agreements.map(({ quote }) => quote),
    waivers: [],
    lateFee: rules.lateFee,
    on: shanghaiDate(pricedAt),
  })
  const highestPenaltyFen = fen(agreements.reduce((sum, { quote }) => sum + quote.amountFen, 0))
  return { agreements, settlement, limits: { highestPenaltyFen, highestPayableFen: settlement.payableFen } }
}
const amount = fc.integer({ min: 1, max: 500_000 })
const look = (signed: SignedFigures, account: HomeAccount, changes: object = {}) =>
  recheckFigures({ signed, account, rules, pricedAt, posted: [], newBlockers: [], ...changes })

describe('before anything is ended', () => {
  test('an account nobody touched is as it was signed, also after its own payments were posted', () => {
    fc.assert(
      fc.property(amount, amount, amount, amount, fc.nat(), (unpaid, unbilled, deposit, spend, part) => {
        const account = accountOf(unpaid, unbilled, deposit, spend)
        const signed = signedOf(account)
        expect(look(signed, account)).toEqual({ kind: 'asSigned' })
        const [paid, ofUnbilled] = [part % (unpaid + 1), part % (unbilled + 1)]
        const posted = [
          { kind: 'bill', ref: 'B-1', amountFen: paid },
          { kind: 'unbilled', amountFen: ofUnbilled },
          { kind: 'penalty', ref: 'A-1', amountFen: 1 },
        ]
        const after = accountOf(unpaid - paid, unbilled - ofUnbilled, deposit, spend)
        expect(look(signed, after, { posted })).toEqual({ kind: 'asSigned' })
      }),
    )
  })

  test('whatever makes it dearer for the customer stops it, with the reason; whatever makes it cheaper never does', () => {
    fc.assert(
      fc.property(amount, amount, amount, amount, amount, (unpaid, unbilled, deposit, spend, more) => {
        const signed = signedOf(accountOf(unpaid, unbilled, deposit, spend))
        const dearer = {
          chargesHigher: accountOf(unpaid, unbilled + more, deposit, spend),
          creditLower: accountOf(unpaid, unbilled, Math.max(0, deposit - more), spend),
          agreementDearer: accountOf(unpaid, unbilled, deposit, spend + more),
        }
        for (const [code, account] of Object.entries(dearer)) {
          const found = look(signed, account)
          const now = signedOf(account)
          if (now.settlement.totalFen <= signed.settlement.totalFen) continue
          expect(found).toMatchObject({
            kind: 'more',
            reasons: expect.arrayContaining([expect.objectContaining({ code })]),
          })
        }
        const cheaper = accountOf(unpaid, unbilled, deposit + more, spend)
        expect(look(signed, cheaper)).toMatchObject({
          kind: 'less',
          settlement: { totalFen: signed.settlement.totalFen - more },
        })
      }),
    )
  })

  test('agreements that appear or vanish, and new findings, stop it even when nothing is dearer', () => {
    const account = accountOf(100, 100, 0, 100)
    const signed = signedOf(account)
    const free = {
      ...account.agreements[0]!,
      id: 'A-2',
      name: 'B',
      terms: { ...account.agreements[0]!.terms, percent: 0 },
    }
    const codes = (found: ReturnType<typeof look>) =>
      found.kind === 'more' ? found.reasons.map(({ code }) => code) : []
    expect(codes(look(signed, { ...account, agreements: [...account.agreements, free] }))).toContain('agreementNew')
    expect(codes(look(signed, { ...account, agreements: [] }))).toEqual(['agreementGone'])
    expect(codes(look(signed, account, { newBlockers: ['FRAUD_STOP'] }))).toEqual(['blocker'])
    const other = { ...account.agreements[0]!, agreementType: 'MIN_SPEND' as const }
    expect(codes(look(signed, { ...account, agreements: [other] }))).toContain('agreementChanged')
  })
})
