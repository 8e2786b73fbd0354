import { describe, expect, it } from 'vitest'
import { expressionWithFigures } from '../../../src/renderer/features/case/expression.ts'
import { agreementSchema } from '../../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type PenaltyQuote, quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { rulesAt } from '../../support/shipped-rules.ts'

const rules = rulesAt({ carrier: 'CMCC', province: '46' }, '2026-11-21' as ShanghaiDate)

function quote(agreementType: string, terms: Record<string, number>, devices: string[] = []): PenaltyQuote {
  const result = quotePenalty({
    agreement: agreementSchema.parse({
      id: 'A1',
      agreementType,
      name: 'A1',
      agreementPeriod: { startDate: '2023-12-01', endDate: '2043-12-31' },
      terms,
      devices: devices.map((name) => ({ id: name, name })),
    }),
    rules,
    at: instant(Date.parse('2026-11-21T10:00:00+08:00')),
    devicesReturned: 0,
  })
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

describe('the derivation reads like a sum a customer can check', () => {
  it('puts the figures of a premium number in place of the names', () => {
    const premium = quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 29900 })
    const shown = premium.steps.map((_, index) => expressionWithFigures(premium, index))
    expect(shown).toEqual([undefined, undefined, '205 × 299.00', '61,295.00 × 30%'])
  })

  it('shows a fixed price inside a rule as money and a condition with its figures', () => {
    const broadband = quote('BROADBAND_TERM', { installFeeFen: 10_000 })
    expect(expressionWithFigures(broadband, 1)).toBe('10.00 × 205')
    expect(expressionWithFigures(broadband, 3)).toBe('35 > 24 → 0.00')
    expect(expressionWithFigures(broadband, 4)).toBe('2,050.00 + 0.00')
  })

  it('shows an expression of another shape as the rule has it', () => {
    const premium = quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 29900 })
    const steps = premium.steps.map((step, index) =>
      index === 3 ? { ...step, expression: 'max(remainingSpend, percent(guarantee, months))' } : step,
    )
    expect(expressionWithFigures({ ...premium, steps }, 3)).toBe('max(remainingSpend, percent(guarantee, months))')
  })

  it('reads a floor as a floor', () => {
    const handset = quote('TERMINAL_SUBSIDY', {
      handsetListPriceFen: 399_900,
      discountPriceFen: 249_900,
      remainingPrepaidFen: 56_000,
      subsidyFen: 150_000,
    })
    expect(handset.steps.map((_, index) => expressionWithFigures(handset, index))).toContain(
      '3,999.00 − 2,499.00 (≥ 0.00)',
    )
  })

  it('leaves no expression of the shipped pack unread', () => {
    for (const rule of rules.penaltyRules) {
      const inputs = Object.fromEntries(
        rule.steps.flatMap((step) => [...step.expression.matchAll(/[a-z]\w*/g)].map(([name]) => [name, 7])),
      )
      const steps = rule.steps.map((step) => ({ ...step, value: 7 }))
      const each = { ...quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 1 }), inputs, steps }
      for (const [index, step] of steps.entries())
        if (!/^\w+$/.test(step.expression)) expect(expressionWithFigures(each, index)).not.toBe(step.expression)
    }
  })
})
