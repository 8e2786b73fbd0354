import { describe, expect, it } from 'vitest'
import { agreementSchema } from '../../../src/shared/domain/account.ts'
import { instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type PenaltyQuote, quotePenalty } from '../../../src/shared/domain/penalty-quote.ts'
import { expressionWithFigures } from '../../../src/shared/domain/rules/show-expression.ts'
import { rulesAt, shippedPacks } from '../../support/shipped-rules.ts'

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

/** A step as a rule of another shape would have it, over the figures of a premium number. */
function shown(expression: string, unit: 'fen' | 'months' | 'count' = 'fen') {
  const premium = quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 29900 })
  const steps = premium.steps.map((step, index) => (index === 3 ? { ...step, expression, unit } : step))
  return expressionWithFigures({ steps }, premium.inputs, 3)
}

describe('the derivation reads like a sum a customer can check', () => {
  it('puts the figures of a premium number in place of the names', () => {
    const premium = quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 29900 })
    const shown = premium.steps.map((_, index) => expressionWithFigures(premium, premium.inputs, index))
    expect(shown).toEqual([undefined, undefined, '205 × 299.00', '61,295.00 × 30%'])
  })

  it('shows a fixed price inside a rule as money and a condition with its figures', () => {
    const broadband = quote('BROADBAND_TERM', { installFeeFen: 10_000 })
    expect(expressionWithFigures(broadband, broadband.inputs, 1)).toBe('10.00 × 205')
    expect(expressionWithFigures(broadband, broadband.inputs, 3)).toBe('35 > 24 → 0.00')
    expect(expressionWithFigures(broadband, broadband.inputs, 4)).toBe('2,050.00 + 0.00')
  })

  it.each([
    ["max(remainingSpend, percent(guarantee, '30'))", '61,295.00 (≥ 299.00 × 30%)'],
    ['share(remainingSpend, months, totalMonths)', '61,295.00 × 205 ÷ 240'],
    ['(guarantee + 100) * months', '(299.00 + 1.00) × 205'],
    ["times(guarantee - 100, '1.5')", '(299.00 − 1.00) × 1.5'],
    ['months > 12 && guarantee >= 10000 ? 5000 : 0', '205 > 12 ∧ 299.00 ≥ 100.00 → 50.00'],
    ['!(months > 12) ? 5000 : 0', '205 > 12 → 0.00'],
    ['months > 300 ? 5000 : 0', '205 ≤ 300 → 0.00'],
    ['months == 12 || months != 205 ? 5000 : 0', '205 ≠ 12 ∨ 205 = 205 → 0.00'],
    ['min(months, 12) * guarantee', '(205 (≤ 12)) × 299.00'],
    ['ceiling(remainingSpend, guarantee)', '⌈61,295.00 ÷ 299.00⌉'],
    ['-guarantee', '−299.00'],
  ])('%s', (expression, expected) => expect(shown(expression)).toBe(expected))

  it('reads a floor as a floor', () => {
    const handset = quote('TERMINAL_SUBSIDY', {
      handsetListPriceFen: 399_900,
      discountPriceFen: 249_900,
      remainingPrepaidFen: 56_000,
      subsidyFen: 150_000,
    })
    expect(handset.steps.map((_, index) => expressionWithFigures(handset, handset.inputs, index))).toContain(
      '3,999.00 − 2,499.00 (≥ 0.00)',
    )
  })

  it('says which row of a tier table counted', () => {
    const premium = quote('PREMIUM_NUMBER', { monthlyGuaranteeFen: 29900 })
    const tier = { by: 'elapsedMonths', value: 35, from: 24, below: 36 }
    const steps = [...premium.steps, { ...premium.steps[3]!, expression: "percent(remainingSpend, '20')", tier }]
    expect(expressionWithFigures({ steps }, premium.inputs, 4)).toBe('24 ≤ 35 < 36 → 61,295.00 × 20%')
  })

  it('leaves no name of the shipped packs unread', () => {
    for (const pack of shippedPacks.filter(({ id }) => id.length === 10)) {
      const [, carrier, province] = pack.id.split('-') as [string, string, '11']
      const place = { carrier: carrier.toUpperCase() as 'CMCC', province }
      for (const rule of rulesAt(place, '2026-11-21' as ShanghaiDate).penaltyRules)
        for (const [index, step] of rule.steps.entries()) {
          const steps = rule.steps.map(({ name, label, unit, expression = '0' }) => ({
            name,
            label,
            unit,
            expression,
            value: 7,
          }))
          const inputs = Object.fromEntries((step.expression ?? '0').match(/[a-z]\w*/g)?.map((name) => [name, 7]) ?? [])
          expect(expressionWithFigures({ steps }, inputs, index) ?? '').not.toMatch(/[a-zA-Z]{2}/)
        }
    }
  })
})
