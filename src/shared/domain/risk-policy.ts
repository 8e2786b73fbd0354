import { z } from 'zod'
import type { Fen } from './money.ts'
import { fenSchema } from './scalars.ts'

/** The facts a policy may look at. */
export interface RiskFacts {
  premium: boolean
  penaltyFen: Fen
  /** The customer asks to pay less than the rule says. */
  waiverAsked: boolean
  refundFen: Fen
  /** The police library holds no portrait, so two people compare by eye. */
  faceByEye: boolean
  blacklisted: boolean
}

/** When a second person must look (product rows 10 and 19), as data. Amounts in fen; `null` switches a limit off. */
export const riskPolicySchema = z.object({
  version: z.string(),
  premiumNumber: z.boolean(),
  anyWaiver: z.boolean(),
  refundAboveFen: fenSchema.nullable(),
  faceByEye: z.boolean(),
  blacklist: z.boolean(),
})
export type RiskPolicy = z.infer<typeof riskPolicySchema>

export const approvalSubjects = ['premiumNumber', 'waiver', 'largeRefund', 'faceByEye', 'blacklist'] as const
export const approvalSubjectSchema = z.enum(approvalSubjects)
export type ApprovalSubject = z.infer<typeof approvalSubjectSchema>

/** What needs a second person's approval, in the order in which it is shown. */
export function approvalsNeeded(policy: RiskPolicy, facts: RiskFacts): ApprovalSubject[] {
  const needed: ApprovalSubject[] = []
  if (policy.premiumNumber && facts.premium) needed.push('premiumNumber')
  if (policy.anyWaiver && facts.waiverAsked) needed.push('waiver')
  if (policy.refundAboveFen !== null && facts.refundFen > policy.refundAboveFen) needed.push('largeRefund')
  if (policy.faceByEye && facts.faceByEye) needed.push('faceByEye')
  if (policy.blacklist && facts.blacklisted) needed.push('blacklist')
  return needed
}
