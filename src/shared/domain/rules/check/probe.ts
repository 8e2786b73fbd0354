import type { Agreement, AgreementType } from '../../account.ts'
import { addDays, type ShanghaiDate } from '../../calendar.ts'
import type { FigureUnit } from '../agreement-terms.ts'
import { firstOfMonthAfter } from '../coming-days.ts'
import { type CompiledRule, compileRule } from '../compile-rule.ts'
import { inOrderOfCharge, type PricedRule, priceRule } from '../price-rules.ts'
import type { Finding } from './finding.ts'
import { type Occurrence, ruleFinding } from './occurrences.ts'

const begin = '2024-01-15' as ShanghaiDate
const lengths = [0, 1, 6, 12, 24, 36, 120] as const
/** Combinations of terms tried for each length. */
const combinations = 10
/** Days followed one by one for rules that count days. */
const days = 40

/** Values worth trying for a term, by its unit: nothing, little, odd, usual, much. */
const values: Record<FigureUnit, readonly number[]> = {
  fen: [0, 1, 99, 12_345, 29_900, 199_900, 999_999_999],
  months: [0, 1, 7, 12, 24, 36, 240],
  days: [0, 1, 15, 30, 90, 365, 3_650],
  count: [0, 1, 2, 3, 5, 8, 20],
  percent: [0, 1, 10, 30, 50, 99, 100],
}

/** Agreements that try a kind's terms in many combinations, always the same ones. */
function* agreements(type: AgreementType, names: readonly { name: string; unit: FigureUnit }[]): Generator<Agreement> {
  for (const months of lengths)
    for (let round = 0; round < combinations; round += 1) {
      const terms: Record<string, number> = {}
      for (const [index, { name, unit }] of names.entries()) {
        const choices = values[unit]
        terms[name] = choices[round < choices.length ? round : (round * 5 + index * 3 + months) % choices.length]!
      }
      yield {
        id: 'probe',
        agreementType: type,
        name: 'probe',
        agreementPeriod: { startDate: begin, endDate: addDays(firstOfMonthAfter(begin, months + 1), -1) },
        terms,
        devices: [
          { id: '1', name: '1' },
          { id: '2', name: '2' },
        ],
      }
    }
}

function* walk({ agreementPeriod }: Agreement, daily: boolean): Generator<ShanghaiDate> {
  yield begin
  if (daily)
    for (let day = 1; day <= days && addDays(begin, day) <= agreementPeriod.endDate; day += 1) yield addDays(begin, day)
  for (let month = 1; firstOfMonthAfter(begin, month) <= agreementPeriod.endDate; month += 1)
    if (!daily || firstOfMonthAfter(begin, month) > addDays(begin, days)) yield firstOfMonthAfter(begin, month)
}

type Price = { ok: true; amountFen: number | undefined } | { ok: false; rule: string; problem: string }

function priceOf(rules: readonly CompiledRule[], agreement: Agreement, on: ShanghaiDate): Price {
  const priced: PricedRule[] = []
  for (const compiled of rules) {
    const result = priceRule(compiled, { agreement, on, devicesReturned: 0 })
    if (!result.ok) return { ok: false, rule: compiled.rule.id, problem: String(result.error.params?.problem ?? '') }
    if (result.value) priced.push(result.value)
  }
  return { ok: true, amountFen: inOrderOfCharge(priced)[0]?.amountFen }
}

interface Trouble {
  code: 'rises' | 'breaks'
  rule: string
  params: Finding['params']
}

/** Follows many agreements month by month and answers the first that cannot be priced or becomes dearer. */
function follow(
  type: AgreementType,
  rules: readonly CompiledRule[],
  names: readonly { name: string; unit: FigureUnit }[],
): Trouble | undefined {
  const daily = rules.some((rule) => rule.daily)
  for (const agreement of agreements(type, names)) {
    const terms = JSON.stringify(agreement.terms)
    let before: { on: ShanghaiDate; amountFen: number } | undefined
    for (const on of walk(agreement, daily)) {
      const price = priceOf(rules, agreement, on)
      if (!price.ok) {
        // Beyond 64 bits with ten million yuan for each of 120 months is no fault of the rule.
        if (price.problem === 'overflow') break
        return { code: 'breaks', rule: price.rule, params: { terms, problem: price.problem } }
      }
      const { amountFen } = price
      if (before && amountFen !== undefined && amountFen > before.amountFen)
        return {
          code: 'rises',
          rule: rules[0]!.rule.id,
          params: { terms, from: before.on, to: on, before: before.amountFen, after: amountFen },
        }
      before = amountFen === undefined ? undefined : { on, amountFen }
    }
  }
  return undefined
}

/**
 * Tries the rules for one kind of agreement on many agreements over their whole time: each rule alone, then all together as they are
 * charged. Findings: `rises`, `risesTogether`, `breaks`.
 */
export function probeKind(occurrence: Occurrence, type: AgreementType): Finding[] {
  const { rules } = occurrence
  const compiled = rules.penaltyRules.flatMap((rule) => {
    if (rule.agreementType !== type) return []
    const made = compileRule(rule, rules.terms)
    return made.ok ? [made.value] : []
  })
  const names = rules.terms.filter(({ agreementTypes }) => agreementTypes.includes(type))
  const findings: Finding[] = []
  for (const one of compiled) {
    const used = names.filter(({ name }) => one.terms.some((term) => term.name === name))
    const trouble = follow(type, [one], used)
    if (trouble && (trouble.code === 'breaks' || !one.rule.grows))
      findings.push(ruleFinding(occurrence, trouble.rule, ['steps'], trouble.code, trouble.params))
  }
  if (findings.length > 0 || compiled.length < 2 || compiled.some(({ rule }) => rule.grows)) return findings
  const together = follow(type, compiled, names)
  if (together?.code === 'rises')
    findings.push(
      ruleFinding(occurrence, compiled.at(-1)!.rule.id, ['id'], 'risesTogether', { ...together.params, kind: type }),
    )
  return findings
}
