import type { ErrorCode } from '../../../shared/contract/errors.ts'
import type { Case } from '../../../shared/domain/case.ts'

/** Refusals that say: what was accepted at this counter is not right (any more). The case can be put right and accepted anew. */
const ofTheCase =
  /^(quote|settlement|limits|proof|case|approval|payment|refund|contact|document|asker|picture)\.|^order\.attachmentMissing$|^job\.(malformed|invalidReference|paperGone)$/

/** True when a held job is answered by correcting its case: the order itself, or a paper that goes before it. */
export function isCorrectable(job: { kind: string; state: string; code: ErrorCode | undefined }): boolean {
  if (job.state !== 'needs_attention' || job.code === undefined) return false
  if (job.kind !== 'order.submit' && job.kind !== 'attachment.store') return false
  return ofTheCase.test(job.code)
}

/**
 * The case without what the refusal says is not valid, so that the counter asks for it again: an expired or unknown proof takes the
 * pre-check with it, figures that differ are read again, approvals are given again. Payments stay: the money is here.
 */
export function withoutRefused(case_: Case, code: ErrorCode): Case {
  const { proof: _proof, preCheck: _preCheck, ...unproved } = case_
  const { preCheck: _, ...unchecked } = case_
  if (/^(proof|document|asker)\./.test(code)) return { ...unproved, approvals: [] }
  if (/^(quote|settlement|limits|case)\./.test(code)) return { ...unchecked, approvals: [] }
  return code.startsWith('approval.') ? { ...case_, approvals: [] } : case_
}
