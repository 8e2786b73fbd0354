import { z } from 'zod'
import { askerSchema } from '../../../../src/shared/domain/asker.ts'
import { provinceSchema } from '../../../../src/shared/domain/geography.ts'
import { identityDocumentSchema } from '../../../../src/shared/domain/identity-document.ts'
import { msisdnSchema } from '../../../../src/shared/domain/scalars.ts'
import { taskActionSchema } from '../../../../src/shared/domain/task-kinds.ts'
import { answerSchema, chargeLiSchema, wireInstantSchema, wireParamsSchema } from './common.ts'

/** The remote-cancellation order at the home province: dispatch, review, returned papers, end of the line. */

export const attachmentKinds = [
  'document-front',
  'document-back',
  'portrait',
  'signed-form',
  'second-document-front',
  'second-document-back',
  'authorisation-letter',
  'guardianship-proof',
  'household-register',
  'death-proof',
  'kinship-proof',
  'organisation-letter',
  'disowned-declaration',
  'release-form',
  'other-paper',
] as const
export const attachmentKindSchema = z.enum(attachmentKinds)
export const wireAttachmentSchema = z.object({
  kind: attachmentKindSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.string().min(1),
})
export type WireAttachment = z.infer<typeof wireAttachmentSchema>

/** What is to be done to a bundle: the action, and the number, device or account it is about. */
export const remedySchema = z.object({
  action: taskActionSchema,
  subject: z.string().max(60),
})
const wireDocumentSchema = identityDocumentSchema.omit({ entry: true, manualReason: true, manualNote: true, mrz: true })

// POST /service-orders
export const serviceOrderRequestSchema = z.object({
  orderId: z.string().min(1).max(80),
  msisdn: msisdnSchema,
  holder: wireDocumentSchema,
  /** Who asked, when that was not the holder alone; with the second person's document where there is one. */
  asker: z.object({ kind: askerSchema, document: wireDocumentSchema.optional() }).optional(),
  /** A number its holder never opened: the hash of the evidence kept before the line is closed. */
  evidenceSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  contact: z.object({ name: z.string().min(1), phone: z.string().min(1) }),
  agreements: z.array(
    z.object({
      agreementId: z.string(),
      /** The whole penalty before any waiver. */
      penaltyLi: chargeLiSchema,
      waivedLi: chargeLiSchema,
      /** Ids of the leased devices handed in at the counter. */
      devicesReturned: z.array(z.string()),
    }),
  ),
  /** Late fee charged per unpaid bill; absent: what was paid as late fee. */
  lateFees: z.array(z.object({ billId: z.string(), amountLi: chargeLiSchema })).optional(),
  refund: z.object({ route: z.string().min(1), account: z.string(), holderName: z.string() }).optional(),
  attachments: z.array(wireAttachmentSchema),
  /** Bundle remedies ordered together with the cancellation, done before the line ends. */
  remedies: z.array(remedySchema).optional(),
  deadlineAt: wireInstantSchema,
  handlingProvince: provinceSchema,
  store: z.string().min(1),
  clerk: z.string().min(1),
  expectedDueLi: chargeLiSchema,
})
export type ServiceOrderRequest = z.infer<typeof serviceOrderRequestSchema>
/** Refusals: NOT_FOUND, OTHER_CARRIER, STATE_CANCELLED, ALREADY_DISPATCHED {orderId}, UNKNOWN_AGREEMENT {agreementId}. */
export const serviceOrderAnswerSchema = answerSchema({ serviceOrderId: z.string() })
export type ServiceOrderAnswer = z.infer<typeof serviceOrderAnswerSchema>

// GET /service-orders/{orderId}
export const reviewStates = ['reviewing', 'returned', 'refused', 'approved', 'withdrawn'] as const
export const handlerSchema = z.object({ name: z.string(), phone: z.string() })
/** Refusals: UNKNOWN_ORDER. */
export const serviceOrderStateSchema = answerSchema({
  state: z.enum(reviewStates),
  /** ATTACHMENT_MISSING {kind}, ATTACHMENT_UNUSABLE {kind}, REQUEST_DATA_ERROR {field}, USER_CAUSE_FAIL {blocker?}. */
  code: z.string().optional(),
  params: wireParamsSchema.default({}),
  text: z.string().optional(),
  handler: handlerSchema,
  stage: z.string(),
  returnedAt: wireInstantSchema.optional(),
  resubmitBy: wireInstantSchema.optional(),
  /** Remedies of the order that are done. */
  remediesDone: z.array(remedySchema).optional(),
})
export type ServiceOrderState = z.infer<typeof serviceOrderStateSchema>

// GET /service-orders/{orderId}/account: the last look before anything is ended, shaped like a pre-check. What this order itself has
// ended is shown as if it had not, and the order itself is no finding. Refusals: UNKNOWN_ORDER.

// POST /service-orders/{orderId}/resupply
export const resupplyRequestSchema = z.object({
  attachments: z.array(wireAttachmentSchema),
  note: z.string(),
  /** Corrected values by field path (`contact.phone`), the answer to REQUEST_DATA_ERROR. */
  corrections: z.record(z.string(), z.string()).optional(),
})
/** Refusals: UNKNOWN_ORDER, NOT_RETURNED {state}, RESUPPLY_TOO_LATE. */
export const resupplyAnswerSchema = answerSchema({ state: z.enum(reviewStates) })

// POST /service-orders/{orderId}/urge
export const urgeRequestSchema = z.object({ reason: z.string().min(1) })
/** Refusals: UNKNOWN_ORDER, NOT_URGEABLE {state}. */
export const urgeAnswerSchema = answerSchema({
  handler: handlerSchema,
  stage: z.string(),
  urgeCount: z.int().positive(),
})

// POST /service-orders/{orderId}/withdrawal
export const withdrawalRequestSchema = z.object({
  reason: z.string().min(1),
  /**
   * Why an approved order of which nothing was carried out may go back, too: the customer does not accept what the account would cost
   * now, or the store that took it in found that it must not be carried out.
   */
  cause: z.enum(['figuresChanged', 'takenBackByStore']).optional(),
})
/** Refusals: UNKNOWN_ORDER, ALREADY_APPROVED, ALREADY_REFUSED. */
export const withdrawalAnswerSchema = answerSchema({ withdrawnAt: wireInstantSchema })

// POST /agreements/{agreementId}/termination, POST /final-bill, POST /deactivation
export const orderReferenceSchema = z.object({ orderId: z.string().min(1) })
export const terminationRequestSchema = orderReferenceSchema.extend({
  /** What the agreement costs by the customer's latest acceptance, when it is not what was dispatched. */
  figures: z.object({ penaltyLi: chargeLiSchema, waivedLi: chargeLiSchema }).optional(),
})
export type TerminationFigures = z.infer<typeof terminationRequestSchema>['figures']
/** Refusals: UNKNOWN_ORDER, NOT_APPROVED {state}, UNKNOWN_AGREEMENT. Terminating twice gives the first answer. */
export const terminationAnswerSchema = answerSchema({ agreementId: z.string(), terminatedAt: wireInstantSchema })

// POST /invoices/{billId}/void
export const invoiceVoidRequestSchema = z.object({
  orderId: z.string().min(1),
  way: z.enum(['originalReturned', 'redLetter']),
  /** Number, name and amount as on the invoice; none of them may be altered. */
  invoiceNumber: z.string().min(1),
  holderName: z.string().min(1),
  amountLi: chargeLiSchema,
})
export type InvoiceVoidRequest = z.infer<typeof invoiceVoidRequestSchema>
/**
 * Refusals: UNKNOWN_ORDER, NOT_APPROVED {state}, UNKNOWN_BILL {billId}, NOT_INVOICED {billId}, AMOUNT_DIFFERS {billId},
 * NAME_DIFFERS {billId}, NUMBER_DIFFERS {billId}. Voiding twice gives the first answer.
 */
export const invoiceVoidAnswerSchema = answerSchema({
  voidedAt: wireInstantSchema,
  reference: z.string(),
  /** Number of the red-letter invoice, when one was issued. */
  redInvoiceNumber: z.string().optional(),
})
export type InvoiceVoidAnswer = z.infer<typeof invoiceVoidAnswerSchema>

export const finalBillLineSchema = z.object({
  kind: z.enum(['bill', 'lateFee', 'unbilled', 'penalty', 'paid', 'setOff']),
  ref: z.string().optional(),
  /** Charges are positive; what was paid or set off against cash and deposit is negative. */
  amountLi: z.int(),
})
/** Refusals: UNKNOWN_ORDER, NOT_APPROVED {state}, AGREEMENTS_IN_FORCE {agreementId, count}. */
export const finalBillAnswerSchema = answerSchema({
  billId: z.string(),
  /** Sum of the charges: bills still unpaid, late fees, running charges, penalties less waivers. */
  amountLi: chargeLiSchema,
  /** What is still owed after payments and set-off; the line cannot end before it is nothing. */
  outstandingLi: chargeLiSchema,
  lines: z.array(finalBillLineSchema),
})
export type FinalBillAnswer = z.infer<typeof finalBillAnswerSchema>

/** Refusals: UNKNOWN_ORDER, NOT_APPROVED {state}, AGREEMENTS_IN_FORCE, UNPAID_BILLS {outstandingLi}, FINAL_BILL_MISSING. */
export const deactivationAnswerSchema = answerSchema({
  effectiveAt: wireInstantSchema,
  /** The number rests for 90 days after the line ended. */
  agingUntil: wireInstantSchema,
  /** Cash and deposit, less what was set off, can be returned; gifts are forfeited. */
  refund: z.object({ cashLi: chargeLiSchema, giftLi: chargeLiSchema, depositLi: chargeLiSchema }),
})
export type DeactivationAnswer = z.infer<typeof deactivationAnswerSchema>
