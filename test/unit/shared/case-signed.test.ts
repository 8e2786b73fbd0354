import { describe, expect, test } from 'vitest'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { Case } from '../../../src/shared/domain/case.ts'
import { progressOf } from '../../../src/shared/domain/case-progress.ts'
import type { CaseRules } from '../../../src/shared/domain/case-rules.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { draft, home, missing, named, now, ready, rules } from '../../support/case-in-order.ts'
import { shippedPacks } from '../../support/shipped-rules.ts'

describe('what was signed', () => {
  const overdue = home({
    bills: [
      {
        id: 'B-1',
        billingPeriod: '2026-09',
        amountFen: fen(10_000),
        unpaidFen: fen(10_000),
        paymentDueDate: '2026-10-21' as ShanghaiDate,
        invoiced: false,
      },
    ],
  })
  const nation = shippedPacks.find((pack) => pack.id === 'cn')!
  const { lateFee, ...sections } = nation.sections as Record<string, object>
  const dearer = {
    ...nation,
    version: 'next',
    sections: { ...sections, lateFee: { ...lateFee, ratePerDay: '0.01' } },
  }
  const later: CaseRules = { packs: [...shippedPacks, dearer] }
  const lateFeeOf = (case_: Case, under: CaseRules, at = now) =>
    progressOf(case_, under, at).settlement!.lines.find((line) => line.kind === 'lateFee')!.amountFen
  const { signature: _, ...unsigned } = ready(overdue)

  test('counts under the rules it was signed by, whatever is published afterwards', () => {
    expect(lateFeeOf(ready(overdue), rules)).toBe(930)
    expect(lateFeeOf(ready(overdue), later)).toBe(930)
    expect(lateFeeOf(unsigned, later)).toBe(3100)
  })

  test('counts with the figures of that day until its quotes expire, and is then computed anew', () => {
    const end = now + 24 * 3_600_000
    expect(lateFeeOf(ready(overdue), later, instant(end - 1))).toBe(930)
    expect(lateFeeOf(ready(overdue), later, instant(end))).toBe(3200)
    expect(missing(ready(overdue), instant(end))).toContain('signature')
  })

  test('an agreement chosen at another price tells the old one and why', () => {
    const agreement = {
      id: 'A-1',
      agreementType: 'PREMIUM_NUMBER' as const,
      name: 'A',
      agreementPeriod: { startDate: '2026-01-01' as ShanghaiDate, endDate: '2027-12-31' as ShanghaiDate },
      terms: { monthlySpendFen: fen(29_900), monthlyGuaranteeFen: fen(29_900), percent: 30 },
      devices: [],
    }
    const chosen = (amountFen: number, packs = named) => ({
      ...draft(unsigned),
      preCheck: { ...unsigned.preCheck!, account: home({ agreements: [agreement] }) },
      choices: [
        {
          agreementId: 'A-1',
          option: 'terminate' as const,
          devicesReturned: 0,
          chosenAt: now,
          quoted: { amountFen: fen(amountFen), packs },
        },
      ],
    })
    const quoteOf = (case_: Case) => progressOf(case_, rules, now).quotes[0]!
    const { amountFen } = quoteOf(chosen(1)).quote!
    expect(quoteOf(chosen(amountFen)).changed).toBeUndefined()
    expect(quoteOf(chosen(amountFen + 1)).changed).toEqual({ fromFen: amountFen + 1, because: 'time' })
    const other = named.map((pack) => ({ ...pack, version: 'earlier' }))
    expect(quoteOf(chosen(amountFen + 1, other)).changed).toEqual({ fromFen: amountFen + 1, because: 'rules' })
    // Shown, not chosen: only other rules are news.
    const shown = (packs: typeof named) => ({
      ...chosen(1),
      choices: [],
      shownQuotes: [{ agreementId: 'A-1', amountFen: fen(amountFen + 1), packs }],
    })
    expect(quoteOf(shown(named)).changed).toBeUndefined()
    expect(quoteOf(shown(other)).changed).toEqual({ fromFen: amountFen + 1, because: 'rulesBeforeChoice' })
  })
})
