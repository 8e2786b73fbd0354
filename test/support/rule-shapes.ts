import type { Agreement } from '../../src/shared/domain/account.ts'
import { type ShanghaiDate, startOfDay } from '../../src/shared/domain/calendar.ts'
import { quotePenalty } from '../../src/shared/domain/penalty-quote.ts'
import type { RulePlace } from '../../src/shared/domain/rules/rule-pack.ts'
import { type RulePack, rulePackSchema } from '../../src/shared/domain/rules/rule-pack.ts'
import { waitingEffect } from '../../src/shared/domain/rules/waiting-effect.ts'
import { rulesAt, shippedPacks } from './shipped-rules.ts'

export const somewhere: RulePlace = { carrier: 'CBN', province: '54' }
const someday = '2026-11-21' as ShanghaiDate

const words = { zh: '条款', en: 'Clause' }

/** A rule of a place, with everything a rule must have; `steps` may be given as one expression. */
export function rule(changes: Record<string, unknown> & { expression?: string }) {
  const { expression, ...rest } = changes
  return {
    id: 'shape',
    agreementType: 'MIN_SPEND',
    basis: 'contract',
    clause: words,
    source: words,
    assumed: true,
    steps: [{ name: 'penalty', label: words, unit: 'fen', expression: expression ?? '0' }],
    ...rest,
  }
}

export const step = (name: string, expression: string, unit = 'fen') => ({ name, label: words, unit, expression })
export const term = (name: string, changes: object = {}) => ({
  name,
  label: words,
  unit: 'fen',
  agreementTypes: ['MIN_SPEND'],
  ...changes,
})

/** The shipped packs, in which minimum-spend agreements of one place have these rules and no other. */
export function packsWith(rules: object[], terms: object[] = [], pack: object = {}): RulePack[] {
  return [
    ...shippedPacks,
    rulePackSchema.parse({
      id: 'cn-cbn-54',
      extends: 'cn-cbn',
      version: '2026-11',
      validFrom: '2026-11-01',
      assumed: true,
      without: { penaltyRules: ['minimum-spend'] },
      sections: { penaltyRules: rules, terms },
      ...pack,
    }),
  ]
}

export function minimumSpend(terms: Record<string, number>, changes: Partial<Agreement> = {}): Agreement {
  return {
    id: 'A1',
    agreementType: 'MIN_SPEND',
    name: '月最低消费承诺',
    agreementPeriod: { startDate: '2025-12-01' as ShanghaiDate, endDate: '2027-11-30' as ShanghaiDate },
    terms,
    devices: [],
    ...changes,
  }
}

/** A quote by these rules. */
export function quoteBy(packs: readonly RulePack[], agreement: Agreement, on: ShanghaiDate = someday) {
  return quotePenalty({ agreement, rules: rulesAt(somewhere, on, packs), at: startOfDay(on), devicesReturned: 0 })
}

/** The amount in fen, or the error code. */
export function priceBy(packs: readonly RulePack[], agreement: Agreement, on: ShanghaiDate = someday) {
  const quote = quoteBy(packs, agreement, on)
  return quote.ok ? quote.value.amountFen : quote.error.code
}

export function waitingBy(packs: readonly RulePack[], agreement: Agreement, on: ShanghaiDate = someday) {
  return waitingEffect({ agreement, packs, place: somewhere, on, devicesReturned: 0 })
}
