import type { Approval, IdentityProof } from '../protocol/identity.ts'

/**
 * What a proof stands on: document, knowledge or possession, and a face compared by machine (`full`); the same with the face compared
 * by two people (`byEye`), or by one so far (`byOneEye`); documents and face without knowledge or possession (`papers`).
 */
export const proofLevels = ['full', 'byEye', 'byOneEye', 'papers'] as const
export type ProofLevel = (typeof proofLevels)[number]

/** The level of a proof, with the approvals of its case. */
export function proofLevel(
  proof: Pick<IdentityProof, 'methods' | 'face'>,
  approvals: readonly Pick<Approval, 'subject'>[],
): ProofLevel {
  const seenByTwo = approvals.some((approval) => approval.subject === 'faceByEye')
  if (proof.face.outcome === 'noReference') return seenByTwo ? 'byEye' : 'byOneEye'
  const knows = proof.methods.some((method) => method === 'servicePassword' || method === 'oneTimeCode')
  return knows ? 'full' : 'papers'
}

/** The police library holds no portrait of this person: one must be supplied later, and until then everybody sees that it is missing. */
export function portraitToRepair(proof: Pick<IdentityProof, 'face'>): boolean {
  return proof.face.outcome === 'noReference'
}
