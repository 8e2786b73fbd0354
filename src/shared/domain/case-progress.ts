import { type Instant, shanghaiDate } from './calendar.ts'
import type { Case } from './case.ts'
import { approvalsOf, riskOf, subjectsOf } from './case-approvals.ts'
import { findingsOf } from './case-findings.ts'
import { type MissingItem, missingOf } from './case-missing.ts'
import { quotesOf } from './case-quotes.ts'
import { type CaseRules, figuresInstant, rulesOfCase } from './case-rules.ts'
import type { CaseStanding } from './case-standing.ts'
import type { CaseStep } from './case-steps.ts'
import { sumFen, zeroFen } from './money.ts'
import { moneyBackOf } from './money-back.ts'
import { papersNeeded, ruleFor, usualManualReasons } from './papers.ts'
import type { Result } from './result.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import { settle } from './settlement.ts'
import { standingPayments } from './standing-payments.ts'

/** Everything derived from a case on a given instant. Pure: the same case, rules and time give the same answer. */
export interface CaseProgress extends CaseStanding {
  missing: MissingItem[]
  steps: Record<CaseStep, 'done' | 'current' | 'open' | 'blocked'>
}

/** Who asks by the rules of the line's place, and what they need. */
function askerOf(case_: Case, rules: Result<EffectiveRules>): CaseProgress['asker'] {
  const kind = case_.asker?.kind ?? 'holder'
  if (!rules.ok) return { kind, rule: undefined, papers: undefined, manualReasons: usualManualReasons }
  const needed = papersNeeded(rules.value, kind, {
    holder: case_.document?.identificationType,
    second: case_.asker?.document?.identificationType,
  })
  const { manualReasonNeeded, manualReasons } = rules.value.identity
  return {
    kind,
    rule: ruleFor(rules.value, kind),
    papers: needed.ok ? needed.value.papers : undefined,
    manualReasons: manualReasonNeeded ? manualReasons : [],
  }
}

/**
 * Where a case stands: quotes with derivation, final bill, approvals needed, what is missing and the state of each step.
 * `now` is the instant of asking. What was signed counts while its quotes live, under the rules it was signed by; without a signature every quote
 * is computed with today's months, rules and late-fee days. Later figures that the customer signed are taken as signed.
 */
export function progressOf(case_: Case, resources: CaseRules, now: Instant): CaseProgress {
  const rules = rulesOfCase(case_, resources, now)
  const at = figuresInstant(case_, now)
  const accepted = case_.acceptedFigures
  // Of a case found again at the service nobody here knows what was chosen and signed last: what is left of it makes no figures.
  const quotes = accepted?.agreements ?? (case_.recalled ? [] : quotesOf(case_, rules, at))
  const account = case_.recalled ? undefined : case_.preCheck?.account
  const settled =
    account && rules.ok
      ? settle({
          account,
          quotes: quotes.flatMap((q) => (q.quote ? [q.quote] : [])),
          waivers: quotes.map(({ agreementId, waivedFen }) => ({ agreementId, waivedFen })),
          lateFee: rules.value.lateFee,
          on: shanghaiDate(at),
        })
      : undefined
  const settlement = accepted?.settlement ?? settled
  const risk = riskOf(case_, rules, quotes, settlement, now)
  const partial = {
    quotes,
    asker: askerOf(case_, rules),
    settlement,
    findings: findingsOf(case_, resources, quotes, settlement),
    paidFen: sumFen(standingPayments(case_).map((payment) => payment.amountFen)),
    moneyBack: account && settlement && rules.ok ? moneyBackOf(account, settlement, rules.value) : undefined,
    approvalsNeeded: approvalsOf(
      case_,
      subjectsOf(case_, rules, risk?.subjects ?? [], settlement?.refundableFen ?? zeroFen),
      settlement?.refundableFen ?? zeroFen,
    ),
    risk: {
      policyVersion: risk?.policyVersion ?? '',
      findings: risk?.findings ?? [],
      undecided: risk?.undecided ?? [],
      coolingOffHours: risk?.coolingOffHours ?? 0,
    },
  }
  const missing = missingOf(case_, partial, now)
  return { ...partial, missing, steps: stepsOf(case_, missing) }
}

function stepsOf(case_: Case, missing: readonly MissingItem[]): CaseProgress['steps'] {
  const reached: Record<CaseStep, boolean> = {
    number: true,
    identity: true,
    preCheck: Boolean(case_.proof),
    agreements: Boolean(case_.preCheck),
    settlement: Boolean(case_.preCheck),
    signature: Boolean(case_.preCheck),
  }
  let current = true
  const stateOf = (step: CaseStep): CaseProgress['steps'][CaseStep] => {
    const items = missing.filter((item) => item.step === step)
    if (items.some((item) => item.code === 'blocker' || item.code === 'riskRefused')) return 'blocked'
    if (items.length === 0 && reached[step]) return 'done'
    if (!current) return 'open'
    current = false
    return 'current'
  }
  return {
    number: stateOf('number'),
    identity: stateOf('identity'),
    preCheck: stateOf('preCheck'),
    agreements: stateOf('agreements'),
    settlement: stateOf('settlement'),
    signature: stateOf('signature'),
  }
}
