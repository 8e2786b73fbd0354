import { z } from 'zod'
import {
  agreementSchema,
  billSchema,
  bucketSchema,
  numberAnswerSchema,
  recentChangeKinds,
} from '../../../../src/shared/domain/account.ts'
import { askerSchema } from '../../../../src/shared/domain/asker.ts'
import { provinceSchema } from '../../../../src/shared/domain/geography.ts'
import { identificationTypeSchema } from '../../../../src/shared/domain/identity-document.ts'
import { dateSchema, msisdnSchema } from '../../../../src/shared/domain/scalars.ts'
import { answerSchema, chargeLiSchema, liSchema, wireInstantSchema, wireParamsSchema } from './common.ts'

/**
 * The home province's business support system as the service sees it.
 * Address: template `…/bss/{carrier}/{province}`. Money in li; see `li.ts` for the exact conversion.
 */

// POST /number-query
export const numberQueryRequestSchema = z.object({ msisdn: msisdnSchema })
/** Refusals: NOT_FOUND, OTHER_CARRIER {carrier}. */
export const numberQueryAnswerSchema = answerSchema(numberAnswerSchema.shape)
export type NumberQueryAnswer = z.infer<typeof numberQueryAnswerSchema>

// POST /authentication
export const authenticationRequestSchema = z.object({
  msisdn: msisdnSchema,
  identificationType: identificationTypeSchema,
  identificationId: z.string().min(1),
  name: z.string().min(1),
  /** Absent: the service has verified a one-time code instead; only the document is compared. */
  servicePassword: z.string().optional(),
  oftenCalledNumbers: z.array(z.string()).max(10).optional(),
  /** Who stands at the counter; absent: the holder. The document is the holder's in every case. */
  asker: askerSchema.optional(),
})
/**
 * Refusals: NOT_FOUND, OTHER_CARRIER, ID_MISMATCH, NAME_MISMATCH, PASSWORD_FAIL, FRIEND_NUMBER_FAIL, UNSUPPORTED_DOC,
 * AGENT_NOT_ALLOWED, MINOR_NO_GUARDIAN, OWNER_DECEASED (anybody but an heir asks for a deceased holder's line).
 */
export const authenticationAnswerSchema = answerSchema({ holderName: z.string() })
export type AuthenticationRequest = z.infer<typeof authenticationRequestSchema>
export type AuthenticationAnswer = z.infer<typeof authenticationAnswerSchema>

// POST /pre-check
export const preCheckRequestSchema = z.object({
  msisdn: msisdnSchema,
  /** Given: the home province answers NOT_REMOTE when it is its own province. */
  handlingProvince: provinceSchema.optional(),
  /** Given: what this asker's papers settle is not reported (CORPORATE_OWNED, OWNER_DECEASED, UNKNOWN_NUMBER). */
  asker: askerSchema.optional(),
})

/** As in the shared account, but `terms` that are money end in `Li` instead of `Fen`. */
export const wireAgreementSchema = agreementSchema
export const wireBillSchema = billSchema
  .omit({ amountFen: true, unpaidFen: true })
  .extend({ amountLi: chargeLiSchema, unpaidLi: chargeLiSchema })
export const wireBucketSchema = bucketSchema.omit({ remainingFen: true }).extend({ remainingLi: chargeLiSchema })

export const wireAccountSchema = z.object({
  number: numberAnswerSchema,
  city: z.string(),
  productName: z.string(),
  monthlyFeeLi: chargeLiSchema,
  openedOn: dateSchema,
  agreements: z.array(wireAgreementSchema),
  bills: z.array(wireBillSchema),
  unbilledLi: chargeLiSchema,
  buckets: z.array(wireBucketSchema),
  depositLi: chargeLiSchema,
  points: z.int().nonnegative(),
  bundleMembers: z.array(z.object({ msisdn: z.string(), relation: z.string() })),
  /** SIM swaps, resets of the service password, resumptions after a reported loss of the last months; absent: not told. */
  recentChanges: z.array(z.object({ kind: z.enum(recentChangeKinds), at: wireInstantSchema })).optional(),
  asOf: wireInstantSchema,
})
export type WireAccount = z.infer<typeof wireAccountSchema>

/** Codes from the blocker catalogue. Money in `params` ends in `Li`. */
export const wireBlockerSchema = z.object({ code: z.string(), params: wireParamsSchema.default({}) })

/** Refusals: NOT_FOUND, OTHER_CARRIER {carrier}. Everything else that stands in the way is in `blockers`, at once. */
export const preCheckAnswerSchema = answerSchema({
  account: wireAccountSchema,
  blockers: z.array(wireBlockerSchema),
})
export type PreCheckAnswer = z.infer<typeof preCheckAnswerSchema>

// POST /payments
export const allocationKinds = ['bill', 'lateFee', 'penalty', 'device', 'unbilled', 'other'] as const
export const allocationSchema = z.object({
  kind: z.enum(allocationKinds),
  /** Bill id for `bill` (required there) and `lateFee`; agreement id for `penalty` and `device`. */
  ref: z.string().optional(),
  amountLi: chargeLiSchema,
})
export const paymentRequestSchema = z.object({
  msisdn: msisdnSchema,
  correlatorId: z.string().min(1).max(80),
  amountLi: chargeLiSchema,
  allocations: z.array(allocationSchema).min(1),
})
/**
 * Refusals: NOT_FOUND, OTHER_CARRIER, STATE_CANCELLED, ALLOCATION_MISMATCH {sumLi}, UNKNOWN_BILL {ref},
 * OVERPAID {ref, unpaidLi}, DUPLICATE_CORRELATOR.
 */
export const paymentAnswerSchema = answerSchema({ postedAt: wireInstantSchema, reference: z.string() })
export type PaymentRequest = z.infer<typeof paymentRequestSchema>
export type PaymentAnswer = z.infer<typeof paymentAnswerSchema>

// POST /payments/{correlatorId}/reversal
export const reversalRequestSchema = z.object({ amountLi: liSchema.positive(), reason: z.string().min(1) })
/** Refusals: UNKNOWN_PAYMENT, REVERSAL_TOO_LARGE {remainingLi}, STATE_CANCELLED. */
export const reversalAnswerSchema = answerSchema({ reversedAt: wireInstantSchema, reference: z.string() })
export type ReversalAnswer = z.infer<typeof reversalAnswerSchema>
