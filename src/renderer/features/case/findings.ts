import { type ExplainedFinding, type FindingEffect, findingEffects } from '../../../shared/domain/blocker-findings.ts'
import type { Tone } from '../../ui/tone.ts'

/** Findings by what they do to the case, in the order in which they are shown; every finding in exactly one group. */
export function groupFindings(findings: readonly ExplainedFinding[]): Record<FindingEffect, ExplainedFinding[]> {
  const groups: Record<FindingEffect, ExplainedFinding[]> = { stops: [], decide: [], tell: [], here: [] }
  for (const effect of findingEffects) groups[effect] = findings.filter((finding) => finding.effect === effect)
  return groups
}

/** How a finding is marked: red only for what stops, amber for what waits for somebody. */
export function toneOf({ effect, cleared }: Pick<ExplainedFinding, 'effect' | 'cleared'>): Tone {
  if (effect === 'stops') return 'stops'
  if (effect === 'here') return cleared ? 'chosen' : 'waits'
  return cleared ? 'done' : 'waits'
}
