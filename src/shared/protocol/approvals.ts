import { z } from 'zod'
import { approvalSubjectSchema } from '../domain/risk-policy.ts'
import { fenSchema } from '../domain/scalars.ts'

/*
 * A second person on another counter of the store. The clerk asks, every counter of the store hears of it through the change feed, a
 * supervisor signed in there decides with their own password, and the granted approval comes back through the feed.
 */

const reason = z.string().trim().min(2).max(200)

/** `POST /v1/approval-requests`. `requestId` is made by the counter: asking twice with the same one is asking once. */
export const approvalAskSchema = z.object({
  requestId: z.uuid(),
  caseId: z.uuid(),
  caseNumber: z.string().min(1).max(40),
  preCheckId: z.uuid(),
  subject: approvalSubjectSchema,
  agreementId: z.string().max(80).optional(),
  /** The waiver asked for, or the refund: what is granted holds for exactly this sum. */
  amountFen: fenSchema.optional(),
  reason,
})
export type ApprovalAsk = z.infer<typeof approvalAskSchema>

/** `POST /v1/approval-requests/:requestId/decision`, by a supervisor of the store with their own session and password. */
export const approvalDecisionSchema = z.object({
  decision: z.enum(['grant', 'refuse']),
  reason,
  password: z.string().min(1).max(200),
})
export type ApprovalDecision = z.infer<typeof approvalDecisionSchema>

/** `POST /v1/tickets/:ticketId/closure`. `authorizationCode`: the code as the terminal's slip says, for a payment the provider did not know. */
export const ticketClosureSchema = z.object({
  note: reason,
  authorizationCode: z.string().trim().min(4).max(40).optional(),
})
