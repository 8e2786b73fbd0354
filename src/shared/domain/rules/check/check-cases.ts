import type { Agreement } from '../../account.ts'
import { daysBetween } from '../../calendar.ts'
import type { PenaltyRule, RuleCase } from '../../penalty-rule.ts'
import { comingDays } from '../coming-days.ts'
import type { CompiledRule } from '../compile-rule.ts'
import { heldUntil } from '../hold-until.ts'
import { hasEnded, type PricingScene, priceRule, stepsByName } from '../price-rules.ts'
import type { Finding } from './finding.ts'
import { type Occurrence, ruleFinding } from './occurrences.ts'

/** The agreement of a test case. */
function agreementOf(rule: PenaltyRule, given: RuleCase): Agreement {
  return {
    id: 'case',
    agreementType: rule.agreementType,
    name: given.name,
    agreementPeriod: { startDate: given.startDate, endDate: given.endDate },
    terms: given.terms ?? {},
    devices: Array.from({ length: given.devices ?? 0 }, (_, index) => ({ id: String(index), name: String(index) })),
  }
}

/** What one rule says of an agreement: fen, an error code, or that it does not apply. */
function outcome(compiled: CompiledRule, scene: PricingScene): string {
  if (hasEnded(scene)) return '0'
  const priced = priceRule(compiled, scene)
  if (!priced.ok) return priced.error.code
  return priced.value ? String(priced.value.amountFen) : 'notApplicable'
}

function expectedOf(given: RuleCase): string {
  if (given.notApplicable) return 'notApplicable'
  return given.error ?? String(given.fen)
}

function heldOf(compiled: CompiledRule, scene: PricingScene): string {
  const priced = hasEnded(scene) ? undefined : priceRule(compiled, scene)
  if (!priced?.ok || !priced.value?.held) return 'not held'
  return heldUntil(compiled, scene, stepsByName(priced.value))
}

function freeOf(compiled: CompiledRule, scene: PricingScene): string {
  if (outcome(compiled, scene) === '0') return '0'
  for (const day of comingDays(scene.agreement, scene.on, { daily: compiled.daily }))
    if (outcome(compiled, { ...scene, on: day }) === '0') return String(daysBetween(scene.on, day))
  return 'never'
}

/** Runs the test cases a rule carries. Findings: `caseMissing`, `caseFails`. */
export function checkCases(occurrence: Occurrence, compiled: CompiledRule): Finding[] {
  const { rule } = compiled
  if (!rule.cases?.length) return [ruleFinding(occurrence, rule.id, ['cases'], 'caseMissing')]
  return rule.cases.flatMap((given, index) => {
    const scene = { agreement: agreementOf(rule, given), on: given.on, devicesReturned: given.devicesReturned ?? 0 }
    const wanted: [string, string, string][] = []
    if (given.fen !== undefined || given.error !== undefined || given.notApplicable)
      wanted.push(['', expectedOf(given), outcome(compiled, scene)])
    if (compiled.hold) wanted.push(['heldUntil ', given.heldUntil ?? 'not held', heldOf(compiled, scene)])
    if (given.freeInDays !== undefined) wanted.push(['freeInDays ', String(given.freeInDays), freeOf(compiled, scene)])
    if (wanted.length === 0) wanted.push(['', 'fen, error, notApplicable, heldUntil, freeInDays', '-'])
    return wanted
      .filter(([, expected, actual]) => expected !== actual)
      .map(([what, expected, actual]) =>
        ruleFinding(occurrence, rule.id, ['cases', index], 'caseFails', {
          name: given.name,
          expected: what + expected,
          actual: what + actual,
        }),
      )
  })
}
