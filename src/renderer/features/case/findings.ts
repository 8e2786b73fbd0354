import type { ExplainedFinding } from '../../../shared/domain/blocker-findings.ts'

export interface GroupedFindings {
  stops: ExplainedFinding[]
  here: ExplainedFinding[]
  tell: ExplainedFinding[]
}

/** Every finding in exactly one group: stops the case, is settled in it, or is told to the customer. */
export function groupFindings(findings: readonly ExplainedFinding[]): GroupedFindings {
  return {
    stops: findings.filter(({ effect }) => effect === 'stops'),
    tell: findings.filter(({ effect }) => effect === 'tell' || effect === 'decide'),
    here: findings.filter(({ effect }) => effect === 'here'),
  }
}
