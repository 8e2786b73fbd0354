import { z } from 'zod'
import { errorCodeSchema } from '../contract/errors.ts'
import { askerSchema, partyRoleSchema } from '../domain/asker.ts'
import { attachmentKindSchema } from '../domain/attachment-kind.ts'
import { carrierSchema, provinceSchema } from '../domain/geography.ts'
import { identityDocumentSchema } from '../domain/identity-document.ts'
import { invoiceWaySchema } from '../domain/invoice-policy.ts'
import { penaltyQuoteSchema } from '../domain/penalty-quote.ts'
import { refundRouteSchema } from '../domain/refund-routes.ts'
import { packRefSchema } from '../domain/rules/rule-pack.ts'
import { fenSchema, instantSchema, msisdnSchema } from '../domain/scalars.ts'
import { settlementSchema } from '../domain/settlement.ts'
import { taskRecordSchema } from '../domain/task.ts'
import { pictureSchema } from './identity.ts'

export { type AttachmentKind, attachmentKindSchema, attachmentKinds } from '../domain/attachment-kind.ts'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** A paper of the case by reference: content travels once, in its own job, and is named by its hash. */
export const attachmentRefSchema = z.object({
  attachmentId: z.uuid(),
  kind: attachmentKindSchema,
  mediaType: z.enum(['image/png', 'image/jpeg', 'text/html']),
  sha256: sha256Schema,
})
export type AttachmentRef = z.infer<typeof attachmentRefSchema>

/** `attachment.store`: brings one paper to the service. */
export const attachmentStoreSchema = attachmentRefSchema.extend({
  caseId: z.uuid(),
  /** Absent when the content was uploaded before, under this `attachmentId` and hash. */
  contentBase64: pictureSchema.shape.contentBase64.optional(),
})

export const paymentMethods = ['cash', 'card', 'code'] as const

/** `payment.take`: money taken at this counter for the home province (TM Forum Payment). */
export const paymentTakeSchema = z.object({
  paymentId: z.uuid(),
  caseId: z.uuid(),
  msisdn: msisdnSchema,
  carrier: carrierSchema,
  homeProvince: provinceSchema,
  method: z.enum(paymentMethods),
  amountFen: fenSchema.refine((amount) => amount > 0),
  /** The terminal's authorisation code; needed for card and code, absent for cash. */
  authorizationCode: z.string().trim().min(4).max(40).optional(),
  /** Cash the customer put down; the change is what exceeds the amount. */
  tenderedFen: fenSchema.optional(),
  receiptNumber: z.string(),
  takenAt: instantSchema,
  /** What the money is for. Allocations sum to the amount. */
  allocations: z
    .array(
      z.object({
        kind: z.enum(['bill', 'lateFee', 'unbilled', 'penalty']),
        ref: z.string().optional(),
        amountFen: fenSchema,
      }),
    )
    .min(1),
})
export type PaymentTake = z.infer<typeof paymentTakeSchema>

export const refundSchema = z.object({
  route: refundRouteSchema,
  /** Card number or mobile number; absent for cash and the original channel. */
  account: z.string().trim().max(40).optional(),
  /** Refunds go to the holder only. */
  holderName: z.string().trim().min(1).max(60),
})
export type Refund = z.infer<typeof refundSchema>

/** `refund.pay`: money handed to the customer at this counter, of a payment whose case was not submitted or of what an order left owing. */
export const refundPaySchema = z
  .object({
    refundId: z.uuid(),
    caseId: z.uuid(),
    msisdn: msisdnSchema,
    /** A payment is given back whole, on the way it was paid. */
    paymentId: z.uuid().optional(),
    orderId: z.uuid().optional(),
    method: z.enum(paymentMethods),
    amountFen: fenSchema.refine((amount) => amount > 0),
    /** The terminal's code of the return; needed for card and code, absent for cash. */
    authorizationCode: z.string().trim().min(4).max(40).optional(),
    receiptNumber: z.string(),
    reason: z.string().trim().min(2).max(200),
    paidAt: instantSchema,
  })
  .refine((refund) => (refund.paymentId === undefined) !== (refund.orderId === undefined), { path: ['paymentId'] })
export type RefundPay = z.infer<typeof refundPaySchema>

/** An invoice issued before that is made void, as the customer shows it. */
export const invoiceReturnSchema = z.object({
  billId: z.string().min(1),
  way: invoiceWaySchema,
  /** Number on the invoice, as the customer shows it. */
  invoiceNumber: z.string().regex(/^\d{8,20}$/),
  /** As the invoice says; it may not be altered. */
  amountFen: fenSchema,
})
export type InvoiceReturn = z.infer<typeof invoiceReturnSchema>

export const contactSchema = z.object({ name: z.string().trim().min(1).max(60), phone: msisdnSchema })
export type Contact = z.infer<typeof contactSchema>

/** A finding told to the customer, or overridden: by whom, with which right, when. A supervisor's is also known to the service. */
export const acknowledgementSchema = z.object({
  code: z.string(),
  reason: z.string(),
  staffId: z.string(),
  at: instantSchema,
  /** Absent: told, or overridden by the clerk's own right. */
  level: z.enum(['clerk', 'supervisor']).optional(),
  overrideId: z.uuid().optional(),
})

/** How one agreement is treated; the quote is what the customer saw and signed. */
export const agreementTerminationSchema = z.object({
  agreementId: z.string(),
  quote: penaltyQuoteSchema,
  devicesReturned: z.int().nonnegative(),
  waivedFen: fenSchema,
})

export const relationSchema = z.string().trim().min(1).max(40)
const partySchema = z.object({ role: partyRoleSchema, document: identityDocumentSchema })
export type RelatedParty = z.infer<typeof partySchema>
/** TM Forum relatedParty: whose number it is, and who asks when that is somebody else. A single document is the holder's (version 0.1). */
export const relatedPartiesSchema = z.union([
  z.array(partySchema).min(1).max(2),
  identityDocumentSchema.transform((document): RelatedParty[] => [{ role: 'holder', document }]),
])

/** `order.submit`: the customer's signed acceptance, as a TM Forum ProductOrder with one `delete` item. */
export const orderSubmitSchema = z.object({
  orderId: z.uuid(),
  caseId: z.uuid(),
  caseNumber: z.string(),
  productOrderItem: z.tuple([z.object({ action: z.literal('delete'), msisdn: msisdnSchema })]),
  carrier: carrierSchema,
  homeProvince: provinceSchema,
  asker: askerSchema.default('holder'),
  relatedParty: relatedPartiesSchema,
  /** How the second person is related to the holder, in their own words. */
  relation: relationSchema.optional(),
  proofId: z.uuid(),
  preCheckId: z.uuid(),
  agreements: z.array(agreementTerminationSchema),
  /** The rules everything was computed by, the national pack first. */
  rulePacks: z.array(packRefSchema).min(1).max(5),
  settlement: settlementSchema,
  /** The customer's limits: beyond them the service executes nothing and the case comes back for a decision. */
  limits: z.object({ highestPenaltyFen: fenSchema, highestPayableFen: fenSchema }),
  paymentIds: z.array(z.uuid()),
  refund: refundSchema.optional(),
  /** Invoices issued before that this cancellation makes void. */
  invoices: z.array(invoiceReturnSchema).default([]),
  contact: contactSchema,
  acknowledgedBlockers: z.array(acknowledgementSchema.partial({ staffId: true, at: true })),
  /** Bundle remedies: devices that came back, and what the home province is to do together with the cancellation. */
  tasks: z.array(taskRecordSchema).optional(),
  approvalIds: z.array(z.uuid()),
  attachments: z.array(attachmentRefSchema),
  /** TM Forum agreementAuthorization: what was signed, and the strokes of the signature, by hash. */
  authorization: z.object({ documentSha256: sha256Schema, strokesSha256: sha256Schema, signedAt: instantSchema }),
  disconnectReason: z.enum(['moved', 'tooExpensive', 'changedCarrier', 'unusedNumber', 'other']),
  acceptedAt: instantSchema,
  /** Never submitted: kept by the service when the customer accepted later figures, which are priced on the day of the first signature. */
  pricedAt: instantSchema.optional(),
})
export type OrderSubmit = z.infer<typeof orderSubmitSchema>

/** `order.withdraw` (TM Forum CancelProductOrder): the service decides whether it is still in time. */
export const orderWithdrawSchema = z.object({
  orderId: z.uuid(),
  cancellationReason: z.string().trim().min(2).max(200),
})

/** `order.urge`: asks the home province to hurry, with a reason; counted there. */
export const orderUrgeSchema = z.object({ orderId: z.uuid(), reason: z.string().trim().min(2).max(200) })

/** `order.resupply`: papers or corrections the home province asked for. */
export const orderResupplySchema = z.object({
  orderId: z.uuid(),
  attachments: z.array(attachmentRefSchema),
  /** Corrected request data; absent parts stay as submitted. */
  corrections: z
    .object({
      contact: contactSchema.optional(),
      refund: refundSchema.optional(),
      /** An invoice the home province did not make void, as the paper really says. */
      invoices: z.array(invoiceReturnSchema).min(1).max(60).optional(),
    })
    .optional(),
  note: z.string().trim().max(200),
})

/** `order.acceptFigures`: the customer signed what the order would cost now (`OrderView.figures`), and paid what is due. */
export const orderAcceptFiguresSchema = z.object({
  orderId: z.uuid(),
  figuresId: z.uuid(),
  paymentIds: z.array(z.uuid()).max(10),
  /** The newly signed form. */
  attachments: z.array(attachmentRefSchema).min(1).max(5),
  authorization: orderSubmitSchema.shape.authorization,
  /** Second persons' signatures under these figures. */
  approvalIds: z.array(z.uuid()).max(20).default([]),
})

/** Every kind of job with its payload and the version of that payload. Stored payloads are parsed again when read. */
export const jobPayloads = {
  'attachment.store': attachmentStoreSchema,
  'payment.take': paymentTakeSchema,
  'refund.pay': refundPaySchema,
  'order.submit': orderSubmitSchema,
  'order.withdraw': orderWithdrawSchema,
  'order.urge': orderUrgeSchema,
  'order.resupply': orderResupplySchema,
  'order.acceptFigures': orderAcceptFiguresSchema,
} as const
export type JobKind = keyof typeof jobPayloads
export const jobKinds = Object.keys(jobPayloads) as [JobKind, ...JobKind[]]
export type JobPayload<K extends JobKind> = z.infer<(typeof jobPayloads)[K]>
export const jobPayloadVersion = 1

/** What travels for each job. `id` is a UUIDv7 and the idempotency key; `sequence` counts per device without gaps. */
export const jobEnvelopeSchema = z.object({
  id: z.uuid(),
  sequence: z.int().positive(),
  lane: z.uuid(),
  kind: z.enum(jobKinds),
  version: z.int().positive(),
  staffId: z.string(),
  createdAt: instantSchema,
  payload: z.unknown(),
})
export type JobEnvelope = z.infer<typeof jobEnvelopeSchema>

/** Most jobs of one request: what travels together is taken in together, and nobody else's work may have to wait long for it. */
export const mostJobsAtOnce = 400

/** `POST /v1/jobs`: many lanes in one batch; within a lane in order. */
export const jobBatchSchema = z.object({
  jobs: z.array(z.unknown()).min(1).max(mostJobsAtOnce),
  /** Receipts this counter holds. A service that accepted fewer jobs was restored and answers `service.restored`. */
  receipts: z.int().nonnegative().optional(),
})

/** The service has the job: same id and body give this same receipt for ever. */
export const receiptSchema = z.object({
  jobId: z.uuid(),
  receivedAt: instantSchema,
  bodySha256: sha256Schema,
  effect: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type Receipt = z.infer<typeof receiptSchema>

export const failureSchema = z.object({
  code: errorCodeSchema,
  field: z.string().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})

/** One result per job, in the order of the batch. `blocked`: an earlier job of its lane was refused or is missing. */
export const jobResultSchema = z.discriminatedUnion('outcome', [
  z.object({ id: z.string(), outcome: z.literal('accepted'), receipt: receiptSchema }),
  z.object({ id: z.string(), outcome: z.literal('refused'), error: failureSchema }),
  z.object({ id: z.string(), outcome: z.literal('blocked') }),
])
export type JobResult = z.infer<typeof jobResultSchema>
export const jobResultsSchema = z.object({ results: z.array(jobResultSchema) })
