import { z } from 'zod'
import { compileCondition } from './risk-condition.ts'
import type { RiskFacts } from './risk-facts.ts'
import {
  type ApprovalSubject,
  approvalSubjects,
  type RiskCount,
  type RiskPolicy,
  type RiskRule,
  riskMeasureSchema,
} from './risk-policy.ts'

/** A rule that was met, as it is shown to staff and kept with the order. */
export const riskFindingSchema = z.object({
  ruleId: z.string(),
  measure: riskMeasureSchema,
  reason: z.object({ zh: z.string(), en: z.string() }),
  assumed: z.boolean().default(false),
})
export type RiskFinding = z.infer<typeof riskFindingSchema>

/** Findings with the version they were made under. */
export const riskRecordSchema = z.object({ policyVersion: z.string(), findings: z.array(riskFindingSchema) })
export type RiskRecord = z.infer<typeof riskRecordSchema>

/** What follows from the findings together. */
export interface RiskAssessment extends RiskRecord {
  /** Rules that need figures this side does not have; the service decides them. */
  undecided: RiskFinding[]
  refused: RiskFinding | undefined
  /** What second people have to look at, each once, in the order of `approvalSubjects`. */
  subjects: ApprovalSubject[]
  /** The longest cooling-off asked for; 0 for none. */
  coolingOffHours: number
  strictest: 'none' | 'secondPerson' | 'coolingOff' | 'refusal'
}

const strictness = ['none', 'secondPerson', 'coolingOff', 'refusal'] as const

/** Every distinct count a policy asks for. */
export function countsAsked(policy: RiskPolicy): Omit<RiskCount, 'name'>[] {
  const asked = new Map<string, Omit<RiskCount, 'name'>>()
  for (const rule of policy.rules)
    for (const { of, hours } of rule.counts ?? []) asked.set(`${of} ${hours}`, { of, hours })
  return [...asked.values()]
}

function scopeOf(rule: RiskRule, facts: RiskFacts): Record<string, bigint | boolean | string> | undefined {
  const scope: Record<string, bigint | boolean | string> = {}
  for (const [name, value] of Object.entries(facts.values))
    scope[name] = typeof value === 'number' ? BigInt(value) : value
  for (const count of rule.counts ?? []) {
    const known = facts.counts.find(({ of, hours }) => of === count.of && hours === count.hours)
    if (!known) return undefined
    scope[count.name] = BigInt(known.value)
  }
  return scope
}

/** Whether a rule is met; undefined when it needs a figure that is not known here. A condition that fails counts as met. */
function isMet(rule: RiskRule, facts: RiskFacts): boolean | undefined {
  const scope = scopeOf(rule, facts)
  if (!scope) return undefined
  const compiled = compileCondition(
    rule.when,
    (rule.counts ?? []).map(({ name }) => name),
  )
  if ('problem' in compiled) return true
  try {
    return compiled.condition(scope) !== false
  } catch {
    // Dividing by zero or overflowing must not open a door.
    return true
  }
}

/**
 * Holds the facts against every rule. All rules that are met stand beside each other: a refusal ends the matter, otherwise every
 * second person asked for is needed and the longest cooling-off counts, so that a further risk never makes anything easier.
 */
export function assessRisk(policy: RiskPolicy, facts: RiskFacts): RiskAssessment {
  const findings: RiskFinding[] = []
  const undecided: RiskFinding[] = []
  for (const rule of policy.rules) {
    const met = isMet(rule, facts)
    const finding = { ruleId: rule.id, measure: rule.measure, reason: rule.reason, assumed: rule.assumed }
    if (met === undefined) undecided.push(finding)
    else if (met) findings.push(finding)
  }
  const asked = new Set(findings.flatMap(({ measure }) => (measure.kind === 'secondPerson' ? [measure.subject] : [])))
  return {
    policyVersion: policy.version,
    findings,
    undecided,
    refused: findings.find(({ measure }) => measure.kind === 'refusal'),
    subjects: approvalSubjects.filter((subject) => asked.has(subject)),
    coolingOffHours: Math.max(0, ...findings.map(({ measure }) => (measure.kind === 'coolingOff' ? measure.hours : 0))),
    strictest: findings.reduce<RiskAssessment['strictest']>(
      (most, { measure }) => (strictness.indexOf(measure.kind) > strictness.indexOf(most) ? measure.kind : most),
      'none',
    ),
  }
}

/** True when a subject has to be looked at beside the clerk, because one of the findings that ask for it says so. */
export function onlyBeside(findings: readonly RiskFinding[], subject: ApprovalSubject): boolean {
  return findings.some(
    ({ measure }) => measure.kind === 'secondPerson' && measure.subject === subject && measure.beside === true,
  )
}

/** What of an assessment is kept with the order and in the audit chain. */
export function recordOf({ policyVersion, findings }: RiskAssessment): RiskRecord {
  return { policyVersion, findings }
}
