import { z } from 'zod'
import { homeAccountSchema } from '../domain/account.ts'
import { askerSchema } from '../domain/asker.ts'
import { blockerSchema } from '../domain/blocker.ts'
import { identityDocumentSchema } from '../domain/identity-document.ts'
import { approvalSubjectSchema } from '../domain/risk-policy.ts'
import { fenSchema, instantSchema, msisdnSchema } from '../domain/scalars.ts'

/** `POST /v1/one-time-codes`: sends a six-digit code, valid five minutes, to the number that is to be cancelled. */
export const oneTimeCodeRequestSchema = z.object({ caseId: z.uuid(), msisdn: msisdnSchema })
export const oneTimeCodeAnswerSchema = z.object({
  sentAt: instantSchema,
  expiresAt: instantSchema,
  nextAllowedAt: instantSchema,
})
export type OneTimeCodeAnswer = z.infer<typeof oneTimeCodeAnswerSchema>

/** A picture as it travels: at most 2 MB after decoding; the hash is checked on arrival. */
export const pictureSchema = z.object({
  mediaType: z.enum(['image/png', 'image/jpeg']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentBase64: z.base64().max(2_800_000),
})
export type Picture = z.infer<typeof pictureSchema>

/** `POST /v1/identity-proofs`: who asks, documents, one knowledge or possession factor, live portrait of who is here. */
export const proofRequestSchema = z.object({
  caseId: z.uuid(),
  msisdn: msisdnSchema,
  asker: askerSchema.default('holder'),
  /** The holder's. */
  document: identityDocumentSchema,
  /** The document of the person at the counter, when that is not the holder. */
  secondDocument: identityDocumentSchema.optional(),
  servicePassword: z.string().min(1).max(32).optional(),
  oneTimeCode: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  oftenCalledNumbers: z.array(msisdnSchema).max(5).default([]),
  portrait: pictureSchema,
})
export type ProofRequest = z.infer<typeof proofRequestSchema>

export const faceResultSchema = z.object({
  vendor: z.string(),
  modelVersion: z.string(),
  score: z.number(),
  threshold: z.number(),
  outcome: z.enum(['match', 'noReference']),
})

/**
 * The service's own seal over what it gave: opaque to counters, which keep it and bring it back should the service have been restored
 * from a backup older than what it sealed.
 */
export const sealSchema = z.string().max(200_000)

/** Proof of who stood at the counter and what they may ask; valid 1,800 s. `face` is that of the person at the counter. */
export const identityProofSchema = z.object({
  proofId: z.uuid(),
  caseId: z.uuid(),
  msisdn: msisdnSchema,
  methods: z.array(z.enum(['document', 'servicePassword', 'oneTimeCode', 'oftenCalledNumbers', 'face'])),
  face: faceResultSchema,
  holderName: z.string(),
  asker: askerSchema.default('holder'),
  /** Who asks for the holder. */
  secondName: z.string().optional(),
  provedAt: instantSchema,
  expiresAt: instantSchema,
  seal: sealSchema.optional(),
})
export type IdentityProof = z.infer<typeof identityProofSchema>

/** `POST /v1/pre-checks`: the home system's dry run. Needs a living proof of the same case. */
export const preCheckRequestSchema = z.object({ caseId: z.uuid(), msisdn: msisdnSchema, proofId: z.uuid() })
export const preCheckSchema = z.object({
  preCheckId: z.uuid(),
  account: homeAccountSchema,
  blockers: z.array(blockerSchema),
  checkedAt: instantSchema,
  seal: sealSchema.optional(),
})
export type PreCheck = z.infer<typeof preCheckSchema>

/** `POST /v1/approvals`: a supervisor signs for one thing in one case, with their own password, beside the clerk. */
export const approvalRequestSchema = z.object({
  caseId: z.uuid(),
  subject: approvalSubjectSchema,
  agreementId: z.string().optional(),
  waivedFen: fenSchema.optional(),
  /** What else the approval is for: the refund of `largeRefund`. */
  amountFen: fenSchema.optional(),
  reason: z.string().trim().min(2).max(200),
  approver: z.object({ staffId: z.string().trim().min(1).max(32), password: z.string().min(1).max(200) }),
})
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>

export const approvalSchema = z.object({
  approvalId: z.uuid(),
  caseId: z.uuid(),
  subject: approvalSubjectSchema,
  agreementId: z.string().optional(),
  waivedFen: fenSchema.optional(),
  /** An approval of another sum is none. */
  amountFen: fenSchema.optional(),
  reason: z.string(),
  approverId: z.string(),
  approverName: z.string(),
  approvedAt: instantSchema,
  seal: sealSchema.optional(),
})
export type Approval = z.infer<typeof approvalSchema>
