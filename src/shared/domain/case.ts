import { z } from 'zod'
import { approvalSchema, identityProofSchema, preCheckSchema, sealSchema } from '../protocol/identity.ts'
import {
  acknowledgementSchema,
  attachmentRefSchema,
  contactSchema,
  invoiceReturnSchema,
  paymentTakeSchema,
  refundPaySchema,
  refundSchema,
  relationSchema,
} from '../protocol/jobs.ts'
import { numberAnswerSchema } from './account.ts'
import { askerSchema } from './asker.ts'
import { blockerSchema } from './blocker.ts'
import { carrierSchema, provinceSchema } from './geography.ts'
import { identityDocumentSchema } from './identity-document.ts'
import { newFiguresSchema } from './recheck.ts'
import { packRefSchema } from './rules/rule-pack.ts'
import { dateSchema, fenSchema, instantSchema, msisdnSchema } from './scalars.ts'
import { segmentAnswerSchema } from './segments.ts'
import { taskRecordSchema } from './task.ts'

/** What the customer decided about one agreement. */
export const agreementChoiceSchema = z.object({
  agreementId: z.string(),
  /** Terminate and pay what the rule says, ask for a waiver of a part that a supervisor must grant, or keep it until it costs nothing. */
  option: z.enum(['terminate', 'waiver', 'keep']),
  devicesReturned: z.int().nonnegative(),
  requestedWaiverFen: fenSchema.optional(),
  chosenAt: instantSchema,
  /** What it cost when it was chosen, and under which rules: another figure later is told beside this one. */
  quoted: z.object({ amountFen: fenSchema, packs: z.array(packRefSchema) }).optional(),
})
export type AgreementChoice = z.infer<typeof agreementChoiceSchema>

/** What an agreement cost when the pre-check put it on the screen, before anything was chosen. */
export const shownQuoteSchema = z.object({
  agreementId: z.string(),
  amountFen: fenSchema,
  packs: z.array(packRefSchema),
})

/** Why a case waits, and until when: the first Shanghai day on which ending every kept agreement costs nothing. */
export const postponementSchema = z.object({
  until: dateSchema,
  at: instantSchema,
  kept: z.array(z.object({ agreementId: z.string(), name: z.string(), freeFrom: dateSchema })).min(1),
})

/** The signature: strokes on the screen, their hash, and the hash of the document that was signed. */
export const signatureSchema = z.object({
  attachmentId: z.uuid(),
  documentSha256: z.string(),
  strokesSha256: z.string(),
  signedAt: instantSchema,
  /** What was due and refunded in the document that was signed: another figure voids the signature. */
  signedTotalFen: fenSchema,
  /** The rules it was signed under, by their versions: they count until the quotes expire, whatever is published meanwhile. */
  rulePacks: z.array(packRefSchema).min(1).optional(),
  /** Until when its figures count: as long as every quote under those rules. */
  boundUntil: instantSchema.optional(),
})

/**
 * The case (办理单): one customer, one number, everything until the order is submitted. Kept as one document so that a
 * draft survives every restart as it stood; the service owns the order afterwards.
 */
export const caseSchema = z.object({
  caseId: z.uuid(),
  caseNumber: z.string(),
  msisdn: msisdnSchema,
  segment: segmentAnswerSchema,
  state: z.enum(['draft', 'submitted', 'abandoned', 'postponed']),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  createdBy: z.string(),
  clerkName: z.string(),
  /** What the operator's system said about the number, once reachable; before it the segment is all there is. */
  number: numberAnswerSchema.optional(),
  /** Who asks, where it is not the holder in person: with the second person's document and relation once given. */
  asker: z
    .object({
      kind: askerSchema,
      document: identityDocumentSchema.optional(),
      relation: relationSchema.optional(),
    })
    .optional(),
  /** The holder's. */
  document: identityDocumentSchema.optional(),
  oneTimeCodeSentAt: instantSchema.optional(),
  proof: identityProofSchema.optional(),
  preCheck: preCheckSchema.optional(),
  /** What the customer was told of, and soft findings in spite of which somebody with the right decided to go on. */
  acknowledgements: z.array(acknowledgementSchema.extend({ seal: sealSchema.optional() })),
  /** Bundle remedies done here or ordered with the cancellation. */
  tasks: z.array(taskRecordSchema).optional(),
  /** Findings of earlier pre-checks that the latest one no longer has. */
  goneFindings: z.array(blockerSchema.extend({ goneAt: instantSchema })).optional(),
  choices: z.array(agreementChoiceSchema),
  /** The figures the clerk read out at the pre-check: when other rules change one before it is chosen, both are told. */
  shownQuotes: z.array(shownQuoteSchema).optional(),
  approvals: z.array(approvalSchema),
  payments: z.array(paymentTakeSchema),
  /** Money handed back at this counter: payments given back before the case was submitted, and what its order left owing. */
  refundsPaid: z.array(refundPaySchema).default([]),
  /** When this counter, whose disk had been set back, learned again from the service what was paid in this case. */
  moneyRecalledAt: instantSchema.optional(),
  /** Nothing was left here of this submitted case when the disk had been set back: what the service told of it, and when. */
  recalled: z
    .object({
      at: instantSchema,
      carrier: carrierSchema,
      homeProvince: provinceSchema,
      maskedName: z.string().optional(),
    })
    .optional(),
  invoices: z.array(invoiceReturnSchema).default([]),
  refund: refundSchema.optional(),
  contact: contactSchema.optional(),
  disconnectReason: z.enum(['moved', 'tooExpensive', 'changedCarrier', 'unusedNumber', 'other']).optional(),
  attachments: z.array(attachmentRefSchema.extend({ takenAt: instantSchema })),
  signature: signatureSchema.optional(),
  orderId: z.uuid().optional(),
  submittedAt: instantSchema.optional(),
  abandonedReason: z.string().optional(),
  /** Set while agreements are kept until they cost nothing; the case waits and can be reopened at any time. */
  postponed: postponementSchema.optional(),
  /** The portrait that was to be supplied because the police library held none: when, by whom, and which paper. */
  portraitSupplied: z.object({ at: instantSchema, staffId: z.string(), attachmentId: z.uuid() }).optional(),
  /** The later figures the customer signed after the order had come back with them; they take the place of those of the submission. */
  acceptedFigures: newFiguresSchema.pick({ figuresId: true, settlement: true, agreements: true }).optional(),
  receiptPrints: z.int().nonnegative(),
})
export type Case = z.infer<typeof caseSchema>
