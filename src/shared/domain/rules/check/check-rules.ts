import { agreementTypes } from '../../account.ts'
import type { PenaltyRule } from '../../penalty-rule.ts'
import { readRule } from '../compile-rule.ts'
import { partOf } from '../rule-pack.ts'
import { checkCases } from './check-cases.ts'
import type { Finding } from './finding.ts'
import { type Occurrence, ruleFinding } from './occurrences.ts'
import { probeKind } from './probe.ts'
import { findingAt, type PackSource } from './read-packs.ts'

/** A rule that always applies to its kind of agreement. */
function always(rule: PenaltyRule): boolean {
  return rule.when === undefined && rule.onlyWithTerms !== true
}

/** Reads one rule of an occurrence and runs its cases. Findings: `expression`, `cutsOff`, `caseMissing`, `caseFails`. */
function checkRule(occurrence: Occurrence, rule: PenaltyRule): Finding[] {
  const compiled = readRule(rule, occurrence.rules.terms)
  if (!compiled.ok)
    return compiled.problems.map(({ path, problem, detail }) =>
      ruleFinding(occurrence, rule.id, path, 'expression', { path: path.join('.'), problem, detail }),
    )
  const cutting = compiled.value.steps.flatMap(({ step, run }, index) =>
    step.unit === 'fen' && run?.cutsOff
      ? [ruleFinding(occurrence, rule.id, ['steps', index, 'expression'], 'cutsOff', { path: `steps.${index}` })]
      : [],
  )
  return [...cutting, ...checkCases(occurrence, compiled.value)]
}

/** Rules of one rank in one pack: which is charged would be chance. */
function sameRanks(occurrence: Occurrence): Finding[] {
  const { penaltyRules } = occurrence.rules
  return penaltyRules.flatMap((rule, index) => {
    const other = penaltyRules
      .slice(0, index)
      .find((each) => each.agreementType === rule.agreementType && each.rank !== undefined && each.rank === rule.rank)
    if (!other) return []
    return [ruleFinding(occurrence, rule.id, ['rank'], 'sameRank', { other: other.id, rank: rule.rank! })]
  })
}

/** The rule that always stands before another, if there is one. */
function standsBefore(rule: PenaltyRule, rules: readonly PenaltyRule[]): PenaltyRule | undefined {
  const rank = ({ rank: own = Number.MAX_SAFE_INTEGER }: PenaltyRule) => own
  return rules.find((other) => other.agreementType === rule.agreementType && rank(other) < rank(rule) && always(other))
}

function neverApplies(rule: PenaltyRule, occurrence: Occurrence): boolean {
  const compiled = readRule(rule, occurrence.rules.terms)
  if (!compiled.ok || !compiled.value.when || compiled.value.when.names.length > 0) return false
  const result = compiled.value.when.run({})
  return result.ok && result.value === false
}

/** What became of each entry a pack makes: whether some place still sees it, and whether it is ever charged there. */
function checkReach(sources: readonly PackSource[], occurrences: readonly Occurrence[]): Finding[] {
  return sources.flatMap((source) => {
    const entries = (partOf(source.pack, 'penaltyRules') ?? []) as ({ id: string } & Record<string, unknown>)[]
    return entries.flatMap((entry, index): Finding[] => {
      const path = ['sections', 'penaltyRules', index, 'id']
      const seen = occurrences.filter(({ chain, rules }) => {
        const at = chain.indexOf(source)
        if (at < 0 || !rules.penaltyRules.some(({ id }) => id === entry.id)) return false
        // Something of the entry must be left after the more specific packs have spoken.
        const later = chain
          .slice(at + 1)
          .flatMap(({ pack }) => (partOf(pack, 'penaltyRules') ?? []) as (typeof entry)[])
        const said = new Set(later.filter(({ id }) => id === entry.id).flatMap((each) => Object.keys(each)))
        return Object.keys(entry).some((key) => key !== 'id' && !said.has(key))
      })
      const ruleOf = ({ rules }: Occurrence) => rules.penaltyRules.find(({ id }) => id === entry.id)!
      if (seen.every((occurrence) => neverApplies(ruleOf(occurrence), occurrence)))
        return [findingAt(source, path, 'neverUsed', { rule: entry.id })]
      const before = seen.map((occurrence) => standsBefore(ruleOf(occurrence), occurrence.rules.penaltyRules))
      if (before.every((each) => each !== undefined))
        return [findingAt(source, path, 'neverCharged', { rule: entry.id, before: before[0]!.id })]
      return []
    })
  })
}

/** A pack that says nothing is known must not hold a known rule; one that says something is known should hold one. */
function checkAssumed({ pack, locate }: PackSource): Finding[] {
  const entries = (partOf(pack, 'penaltyRules') ?? []) as { id: string; assumed?: boolean }[]
  const known = entries.findIndex(({ assumed }) => assumed === false)
  if (pack.assumed && known >= 0)
    return [
      findingAt({ locate }, ['sections', 'penaltyRules', known, 'assumed'], 'assumedContradiction', {
        rule: entries[known]!.id,
      }),
    ]
  return !pack.assumed && known < 0 && pack.id !== 'cn' ? [findingAt({ locate }, ['assumed'], 'nothingKnown')] : []
}

/** Everything about penalty rules as they come out of inheritance. Each rule is looked at once, wherever it applies. */
export function checkRules(sources: readonly PackSource[], occurrences: readonly Occurrence[]): Finding[] {
  const findings = [...checkReach(sources, occurrences), ...sources.flatMap(checkAssumed)]
  const known = new Set<string>()
  const once = (key: string, look: () => Finding[]) => {
    if (known.has(key)) return
    known.add(key)
    findings.push(...look())
  }
  for (const occurrence of occurrences) {
    const { penaltyRules, terms } = occurrence.rules
    for (const rule of penaltyRules) once(JSON.stringify([rule, terms]), () => checkRule(occurrence, rule))
    once(JSON.stringify(penaltyRules.map(({ id, rank }) => [id, rank])), () => sameRanks(occurrence))
    for (const kind of agreementTypes) {
      const ofKind = penaltyRules.filter(({ agreementType }) => agreementType === kind)
      once(JSON.stringify([kind, ofKind, terms]), () => {
        const place = `${occurrence.place.carrier} ${occurrence.place.province}`
        const uncovered = ofKind.some(always)
          ? []
          : [findingAt(occurrence.chain.at(-1)!, ['sections'], 'kindUncovered', { kind, place })]
        return [...uncovered, ...probeKind(occurrence, kind)]
      })
    }
  }
  return findings
}
