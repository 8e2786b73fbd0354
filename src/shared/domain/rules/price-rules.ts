import type { Agreement } from '../account.ts'
import { addDays, type ShanghaiDate } from '../calendar.ts'
import { fail, ok, type Result } from '../result.ts'
import { type CompiledRule, type CompiledStep, compileRule } from './compile-rule.ts'
import { calendarInputs } from './pricing-inputs.ts'
import type { EffectiveRules } from './resolve-rules.ts'
import type { CompiledExpression } from './rule-language.ts'

/** What an agreement is priced with: its terms, the calendar, and how many of its devices came back. */
export interface PricingScene {
  agreement: Agreement
  on: ShanghaiDate
  devicesReturned: number
}

/** A step with its value; for tiers, what was measured and the row that counted. */
export interface PricedStep {
  compiled: CompiledStep
  expression: string
  value: number
  rounded: boolean
  tier?: { by: string; value: number; from?: number; below?: number }
}

/** A rule that applies, computed. `amountFen` is never negative. */
export interface PricedRule {
  compiled: CompiledRule
  steps: PricedStep[]
  amountFen: number
  held: boolean
}

type Figures = Record<string, bigint>
type Refused = { ok: false; error: Extract<Result<never>, { ok: false }>['error'] }

function broken(scene: PricingScene, ruleId: string, problem: string, step = ''): Refused {
  return fail('quote.ruleBroken', { params: { agreement: scene.agreement.name, rule: ruleId, step, problem } })
}

/** The names a rule may use, as 64-bit integers: terms of the agreement and calendar. */
export function figuresOf(
  compiled: CompiledRule,
  scene: PricingScene,
): { figures: Figures; missing: string | undefined } {
  const figures: Figures = {}
  const calendar = calendarInputs(scene.agreement, scene.on, scene.devicesReturned)
  for (const [name, value] of Object.entries(calendar)) figures[name] = BigInt(value)
  let missing: string | undefined
  for (const { name, ifAbsent } of compiled.terms) {
    const given = scene.agreement.terms[name]
    const value = given === undefined ? ifAbsent : BigInt(given)
    if (value === undefined) missing ??= name
    else figures[name] = value
  }
  return { figures, missing }
}

/** A whole number that also fits JSON; anything else is a broken rule. */
function numberFrom(expression: CompiledExpression, figures: Figures) {
  const result = expression.run(figures)
  if (!result.ok) return result
  const value = Number(result.value)
  return Number.isSafeInteger(value)
    ? { ok: true as const, value, rounded: result.rounded }
    : { ok: false as const, problem: 'overflow' as const }
}

function runStep(compiled: CompiledStep, figures: Figures): PricedStep | string {
  const { step, tiers } = compiled
  let expression = compiled.run
  let text = step.expression ?? ''
  let tier: PricedStep['tier']
  if (tiers) {
    const measured = numberFrom(tiers.by, figures)
    if (!measured.ok) return measured.problem
    const row = tiers.rows.findIndex(({ below }) => below === undefined || measured.value < below)
    const { from, below, run } = tiers.rows[row]!
    expression = run
    text = step.tiers!.rows[row]!.expression
    tier = {
      by: step.tiers!.by,
      value: measured.value,
      ...(from === undefined ? {} : { from }),
      ...(below === undefined ? {} : { below }),
    }
  }
  const value = numberFrom(expression!, figures)
  if (!value.ok) return value.problem
  return { compiled, expression: text, value: value.value, rounded: value.rounded, ...(tier ? { tier } : {}) }
}

/**
 * Computes one rule for an agreement on a day; undefined when it does not apply. Errors: `quote.termMissing` (the agreement lacks
 * what the rule names), `quote.ruleBroken` (division by zero, beyond 64 bits, …; `rule`, `step`, `problem`).
 */
export function priceRule(compiled: CompiledRule, scene: PricingScene): Result<PricedRule | undefined> {
  const { rule } = compiled
  const { figures, missing } = figuresOf(compiled, scene)
  if (missing !== undefined)
    return rule.onlyWithTerms
      ? ok(undefined)
      : fail('quote.termMissing', { params: { agreement: scene.agreement.name, step: missing } })
  if (compiled.when) {
    const applies = compiled.when.run(figures)
    if (!applies.ok) return broken(scene, rule.id, applies.problem, 'when')
    if (applies.value !== true) return ok(undefined)
  }
  const steps: PricedStep[] = []
  for (const step of compiled.steps) {
    const made = runStep(step, figures)
    if (typeof made === 'string') return broken(scene, rule.id, made, step.step.name)
    figures[step.step.name] = BigInt(made.value)
    steps.push(made)
  }
  let held = false
  if (compiled.hold) {
    const holds = compiled.hold.while.run(figures)
    if (!holds.ok) return broken(scene, rule.id, holds.problem, 'hold')
    held = holds.value === true
  }
  return ok({ compiled, steps, amountFen: Math.max(0, steps.at(-1)!.value), held })
}

/** Ranked rules first in their order; the others by price, the lowest for the customer first. The first is charged. */
export function inOrderOfCharge(rules: readonly PricedRule[]): PricedRule[] {
  const rank = ({ compiled }: PricedRule) => compiled.rule.rank ?? Number.MAX_SAFE_INTEGER
  return [...rules].sort(
    (a, b) => rank(a) - rank(b) || a.amountFen - b.amountFen || (a.compiled.rule.id < b.compiled.rule.id ? -1 : 1),
  )
}

/** True when the agreement's last day has passed: then it costs nothing and holds nobody. */
export function hasEnded({ agreement, on }: PricingScene): boolean {
  return agreement.agreementPeriod.endDate < on
}

/** The compiled rules for a kind of agreement. Errors: `quote.noRule`, `quote.ruleBroken` (an expression cannot be used). */
export function rulesForAgreement(rules: EffectiveRules, agreement: Agreement): Result<CompiledRule[]> {
  const found: CompiledRule[] = []
  for (const rule of rules.penaltyRules) {
    if (rule.agreementType !== agreement.agreementType) continue
    const compiled = compileRule(rule, rules.terms)
    if (!compiled.ok) {
      const { problem, path } = compiled.problems[0]!
      const params = { agreement: agreement.name, rule: rule.id, step: path.join('.'), problem }
      return fail('quote.ruleBroken', { params })
    }
    found.push(compiled.value)
  }
  return found.length > 0 ? ok(found) : fail('quote.noRule', { params: { agreement: agreement.name } })
}

/**
 * All rules that apply to an agreement on a day, the charged one first. The agreement must not have ended.
 * Errors: `quote.noRule`, `quote.termMissing`, `quote.ruleBroken`.
 */
export function priceAgreement(rules: EffectiveRules, scene: PricingScene): Result<PricedRule[]> {
  const compiled = rulesForAgreement(rules, scene.agreement)
  if (!compiled.ok) return compiled
  const priced: PricedRule[] = []
  for (const rule of compiled.value) {
    const result = priceRule(rule, scene)
    if (!result.ok) return result
    if (result.value) priced.push(result.value)
  }
  return priced.length > 0
    ? ok(inOrderOfCharge(priced))
    : fail('quote.noRule', { params: { agreement: scene.agreement.name } })
}

/** The steps of a rule by name, as its hold may use them. */
export function stepsByName(priced: PricedRule): Record<string, number> {
  return Object.fromEntries(priced.steps.map(({ compiled, value }) => [compiled.step.name, value]))
}

/** The first day after an agreement's last. */
export function dayAfterEnd({ agreementPeriod }: Pick<Agreement, 'agreementPeriod'>): ShanghaiDate {
  return addDays(agreementPeriod.endDate, 1)
}
