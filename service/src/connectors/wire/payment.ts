import { z } from 'zod'
import { msisdnSchema } from '../../../../src/shared/domain/scalars.ts'
import { answerSchema, liSchema, wireInstantSchema, wireParamsSchema } from './common.ts'

/*
 * The payment provider as the service sees it: whoever stands behind the terminals of the stores and pays money out to cards. Money
 * in li; see `li.ts` for the exact conversion.
 */

// POST /claims: says which payment an authorisation of a terminal belongs to; one authorisation, one payment.
export const claimRequestSchema = z.object({
  /** This service's own number of the payment. */
  paymentId: z.string().min(1).max(80),
  /** The store whose terminal made the authorisation. */
  merchant: z.string().min(1).max(40),
  method: z.enum(['card', 'code']),
  authorizationCode: z.string().min(4).max(40),
  amountLi: liSchema.positive(),
  takenAt: wireInstantSchema,
})
export const claimStates = ['authorized', 'captured', 'voided'] as const
/** Refusals: UNKNOWN_AUTHORIZATION, AMOUNT_DIFFERS {amountLi}, OTHER_MERCHANT, ALREADY_CLAIMED, VOIDED. */
export const claimAnswerSchema = answerSchema({
  transactionId: z.string().min(1),
  /** `authorized`: the money is reserved; `captured`: it has been taken; `voided`: it went back to the customer. */
  state: z.enum(claimStates),
})
export type ClaimRequest = z.infer<typeof claimRequestSchema>
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>

// GET /claims/{paymentId}: how an authorisation stands now. Refusals: UNKNOWN_CLAIM.
export const claimStateSchema = claimAnswerSchema

// POST /returns: says which return of a terminal gave a customer's money back; one return, one authorisation.
export const returnRequestSchema = z.object({
  /** This service's own number of what was given back. */
  refundId: z.string().min(1).max(80),
  merchant: z.string().min(1).max(40),
  method: z.enum(['card', 'code']),
  /** The terminal's code of the return. */
  authorizationCode: z.string().min(4).max(40),
  amountLi: liSchema.positive(),
  returnedAt: wireInstantSchema,
  /** The payment that goes back, where it goes back whole; absent for what an order left owing. */
  original: z.object({ authorizationCode: z.string().max(40), takenAt: wireInstantSchema }).optional(),
})
/** Refusals: those of a claim, and ORIGINAL_UNKNOWN. States are those of a claim. */
export const returnAnswerSchema = claimAnswerSchema
export type ReturnRequest = z.infer<typeof returnRequestSchema>

// GET /returns/{refundId}: how a return stands now. Refusals: UNKNOWN_RETURN.
export const returnStateSchema = claimAnswerSchema

// POST /refunds: money to a customer, once per `refundId`.
export const refundOutRequestSchema = z.object({
  refundId: z.string().min(1).max(80),
  amountLi: liSchema.positive(),
  holderName: z.string().min(1).max(60),
  destination: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('bankCard'), cardNumber: z.string().regex(/^\d{13,19}$/) }),
    /** Back to where the prepaid money of a line came from; the provider knows its top-ups. */
    z.object({ kind: z.literal('originalChannel'), msisdn: msisdnSchema }),
  ]),
})
export const refundOutStates = ['pending', 'paid', 'returned'] as const
/** Refusals: CARD_UNKNOWN, NAME_MISMATCH, AMOUNT_LIMIT {limitLi}, NO_ORIGINAL_PAYMENT, DUPLICATE_REFUND. */
export const refundOutAnswerSchema = answerSchema({
  reference: z.string().min(1),
  state: z.enum(refundOutStates),
})
export type RefundOutRequest = z.infer<typeof refundOutRequestSchema>
export type RefundOutAnswer = z.infer<typeof refundOutAnswerSchema>

// GET /refunds/{refundId}: `paid` and `returned` are final. Refusals: UNKNOWN_REFUND.
export const refundOutStateSchema = answerSchema({
  reference: z.string().min(1),
  state: z.enum(refundOutStates),
  /** Why the bank sent it back, with `returned`: ACCOUNT_CLOSED, NAME_MISMATCH … */
  code: z.string().min(1).optional(),
  params: wireParamsSchema.default({}),
  at: wireInstantSchema,
})
export type RefundOutState = z.infer<typeof refundOutStateSchema>
