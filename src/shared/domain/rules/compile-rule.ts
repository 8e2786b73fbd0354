import type { AgreementType } from '../account.ts'
import type { PenaltyRule, RuleStep } from '../penalty-rule.ts'
import { type AgreementTerm, calendarFigures, changesDaily } from './agreement-terms.ts'
import { type CompiledExpression, compileExpression, type ExpressionProblem } from './rule-language.ts'

/** A step ready to be computed: one expression, or a measured figure that picks one of several. */
export interface CompiledStep {
  step: RuleStep
  run?: CompiledExpression
  tiers?: {
    by: CompiledExpression
    rows: { from: number | undefined; below: number | undefined; run: CompiledExpression }[]
  }
}

export interface CompiledRule {
  rule: PenaltyRule
  /** Terms of the agreement the rule names, with what counts where an agreement lacks one. */
  terms: readonly { name: string; ifAbsent: bigint | undefined }[]
  /** Its price may change from day to day, not only from month to month. */
  daily: boolean
  when: CompiledExpression | undefined
  steps: readonly CompiledStep[]
  hold:
    | { while: CompiledExpression; months: CompiledExpression | undefined; days: CompiledExpression | undefined }
    | undefined
}

/** Why a rule cannot be used: where in the rule, and what. */
export interface RuleProblem {
  /** Path inside the rule, for example `steps.2.expression`. */
  path: readonly (string | number)[]
  problem: ExpressionProblem
  detail: string
  at: number
}

export type CompiledRuleResult = { ok: true; value: CompiledRule } | { ok: false; problems: RuleProblem[] }

/** The figures a rule for a kind of agreement may name before its first step. */
function knownFigures(terms: readonly AgreementTerm[], type: AgreementType): string[] {
  return [
    ...calendarFigures,
    ...terms.filter(({ agreementTypes }) => agreementTypes.includes(type)).map(({ name }) => name),
  ]
}

/** Reads every expression of a rule. `terms` is the section of that name of the same place. All problems are found at once. */
export function readRule(rule: PenaltyRule, terms: readonly AgreementTerm[]): CompiledRuleResult {
  const known = knownFigures(terms, rule.agreementType)
  const problems: RuleProblem[] = []
  const used = new Set<string>()
  const compile = (text: string, path: (string | number)[], type: 'int' | 'bool' = 'int') => {
    const compiled = compileExpression(text, known, type)
    if (!compiled.ok) {
      problems.push({ path, problem: compiled.problem, detail: compiled.detail, at: compiled.at })
      return undefined
    }
    for (const name of compiled.value.names) used.add(name)
    return compiled.value
  }
  const when = rule.when === undefined ? undefined : compile(rule.when, ['when'], 'bool')
  const { hold } = rule
  const held = hold && {
    while: compile(hold.while, ['hold', 'while'], 'bool'),
    months: hold.liftedInMonths === undefined ? undefined : compile(hold.liftedInMonths, ['hold', 'liftedInMonths']),
    days: hold.liftedInDays === undefined ? undefined : compile(hold.liftedInDays, ['hold', 'liftedInDays']),
  }
  const steps = rule.steps.map((step, index): CompiledStep => {
    const made: CompiledStep = { step }
    const run = step.expression === undefined ? undefined : compile(step.expression, ['steps', index, 'expression'])
    if (run) made.run = run
    if (step.tiers) {
      const by = compile(step.tiers.by, ['steps', index, 'tiers', 'by'])
      const rows = step.tiers.rows.flatMap(({ below, expression }, row, all) => {
        const compiled = compile(expression, ['steps', index, 'tiers', 'rows', row, 'expression'])
        return compiled ? [{ from: all[row - 1]?.below, below, run: compiled }] : []
      })
      if (by) made.tiers = { by, rows }
    }
    // A step that took over a term's name would change what the steps before it meant.
    if (known.includes(step.name))
      problems.push({ path: ['steps', index, 'name'], problem: 'notAllowed', detail: step.name, at: 0 })
    known.push(step.name)
    return made
  })
  if (problems.length > 0) return { ok: false, problems }
  const ofRule = terms.filter(
    ({ name, agreementTypes }) => used.has(name) && agreementTypes.includes(rule.agreementType),
  )
  return {
    ok: true,
    value: {
      rule,
      terms: ofRule.map(({ name, ifAbsent }) => ({
        name,
        ifAbsent: ifAbsent === undefined ? undefined : BigInt(ifAbsent),
      })),
      daily: [...used].some(changesDaily),
      when,
      steps,
      hold: held as CompiledRule['hold'],
    },
  }
}

/**
 * Reading costs a hundred times what computing costs; rules and terms of a place are the same objects as long as its packs are. Places
 * may share a rule and differ in terms.
 */
const read = new WeakMap<PenaltyRule, WeakMap<readonly AgreementTerm[], CompiledRuleResult>>()

/** The same, once per rule and terms. */
export function compileRule(rule: PenaltyRule, terms: readonly AgreementTerm[]): CompiledRuleResult {
  let ofRule = read.get(rule)
  if (!ofRule) {
    ofRule = new WeakMap()
    read.set(rule, ofRule)
  }
  let compiled = ofRule.get(terms)
  if (!compiled) {
    compiled = readRule(rule, terms)
    ofRule.set(terms, compiled)
  }
  return compiled
}
