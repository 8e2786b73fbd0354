import { z } from 'zod'
import { orderStageSchema, orderStateSchema } from '../domain/order.ts'
import { newFiguresSchema } from '../domain/recheck.ts'
import { assertNever } from '../domain/result.ts'
import { riskRecordSchema } from '../domain/risk-assessment.ts'
import { approvalSubjectSchema } from '../domain/risk-policy.ts'
import { dateSchema, fenSchema, instantSchema } from '../domain/scalars.ts'
import { approvalSchema } from './identity.ts'

const eventParams = z.record(z.string(), z.union([z.string(), z.number()])).default({})

/** What happened to an order; `code` names a sentence (`orderEvent.<code>`) in both languages. */
export const orderEventCodes = [
  'accepted',
  'paymentsPosted',
  'dispatched',
  'returned',
  'resupplied',
  'urged',
  'approved',
  'remedyDone',
  'agreementTerminated',
  'finalBill',
  'deactivated',
  'refundOrdered',
  'refundPaid',
  'invoiceVoided',
  'refused',
  'withdrawalRequested',
  'withdrawn',
  'withdrawalTooLate',
  'expired',
  'paymentReversed',
  'retrying',
  'smsSent',
  'smsUndelivered',
  'coolingOff',
  'stopRequested',
  'stopped',
  'stopTooLate',
  'stopCodeWrong',
  'figuresChanged',
  'figuresAccepted',
  'costsLess',
  'finalBillTooHigh',
  'invoiceRefused',
  'invoiceCorrected',
  'paymentRefused',
  'paymentCorrected',
  'paymentVoided',
  'refundArrived',
  'refundFailed',
  'retriedByHand',
  'waitSkipped',
  'postedByHand',
  'handedOver',
  'returnedHere',
  'answeredHere',
  'refusalDecided',
  'refusedHere',
  'refundSentAgain',
  'refundSettledByHand',
] as const
export const orderEventSchema = z.object({
  eventId: z.uuid(),
  code: z.enum(orderEventCodes),
  at: instantSchema,
  /** e.g. blocker `reason` of a return, `handler`, `stage`, `until`, `amountFen`. */
  params: eventParams,
})
export type OrderEvent = z.infer<typeof orderEventSchema>

/** An order as the service knows it. The service owns this truth once it has accepted the job. */
export const orderViewSchema = z.object({
  orderId: z.uuid(),
  caseId: z.uuid(),
  caseNumber: z.string(),
  state: orderStateSchema,
  stage: orderStageSchema,
  /** Latest finish, Shanghai date. */
  deadline: dateSchema,
  /** Set while papers are returned. */
  resupplyBy: instantSchema.optional(),
  returnedFor: z.object({ code: z.string(), params: eventParams }).optional(),
  /** What it would cost now, while that waits for the customer. */
  figures: newFiguresSchema.optional(),
  refusedFor: z.object({ code: z.string(), params: eventParams }).optional(),
  effectiveAt: instantSchema.optional(),
  agingUntil: dateSchema.optional(),
  refundFen: fenSchema.optional(),
  /** What this store still has to hand to the customer; absent when it is nothing. */
  owedHereFen: fenSchema.optional(),
  urgeCount: z.int().nonnegative(),
  /** What the service's risk policy said at acceptance. */
  risk: riskRecordSchema.optional(),
  /** Nothing goes to the home province before this. */
  coolingUntil: instantSchema.optional(),
  /** How the warning to the number itself fared: handed to the gateway or not yet, reached the phone or not. */
  warning: z
    .object({
      state: z.enum(['waiting', 'sent', 'delivered', 'undelivered']),
      at: instantSchema,
      reason: z.string().optional(),
    })
    .optional(),
  /** Whom it was handed to; absent while it is with the clerk who accepted it. */
  responsible: z.object({ staffId: z.string(), name: z.string() }).optional(),
  /** The true holder stopped it by SMS. */
  stopRequestedAt: instantSchema.optional(),
  events: z.array(orderEventSchema),
  updatedAt: instantSchema,
})
export type OrderView = z.infer<typeof orderViewSchema>

/** A wish for a second person, as every counter of the store sees it: who asks for what, in figures and masked facts, and what became of it. */
export const approvalRequestViewSchema = z.object({
  requestId: z.uuid(),
  caseId: z.uuid(),
  caseNumber: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  clerkId: z.string(),
  clerkName: z.string(),
  subject: approvalSubjectSchema,
  agreementId: z.string().optional(),
  /** The waiver or the refund it is about. */
  amountFen: fenSchema.optional(),
  /** What the clerk wrote. */
  reason: z.string(),
  /** Masked facts from the service's own books, and why the policy wants a second person. */
  facts: z.object({
    maskedNumber: z.string(),
    maskedName: z.string(),
    homeProvince: z.string(),
    carrier: z.string(),
    productName: z.string(),
    agreementName: z.string().optional(),
    premium: z.boolean(),
    blockers: z.array(z.string()),
    faceOutcome: z.string().optional(),
    findings: riskRecordSchema.shape.findings,
  }),
  state: z.enum(['open', 'granted', 'refused', 'withdrawn', 'expired']),
  requestedAt: instantSchema,
  expiresAt: instantSchema,
  decidedBy: z.string().optional(),
  decidedByName: z.string().optional(),
  decidedAt: instantSchema.optional(),
  decidedReason: z.string().optional(),
  /** Present once granted: what the asking counter keeps in its case. */
  approval: approvalSchema.optional(),
})
export type ApprovalRequestView = z.infer<typeof approvalRequestViewSchema>

/** TM Forum TroubleTicket: something the store's supervisors must look at; `kind` names a sentence (`ticket.<kind>`). */
export const ticketKinds = [
  'orderStopped',
  'stopTooLate',
  'stopCodeLocked',
  'warningAnswered',
  'limitReached',
  'riskRefused',
  'orderStuck',
  'finalBillTooHigh',
  'invoiceRefused',
  'paymentRefused',
  'refundFailed',
  'refundHangs',
  'returnRefused',
] as const
export const ticketViewSchema = z.object({
  ticketId: z.uuid(),
  kind: z.enum(ticketKinds),
  severity: z.enum(['stops', 'waits']),
  orderId: z.uuid().optional(),
  caseId: z.uuid().optional(),
  params: eventParams,
  state: z.enum(['open', 'closed']),
  openedAt: instantSchema,
  closedAt: instantSchema.optional(),
  closedBy: z.string().optional(),
  closedNote: z.string().optional(),
})
export type TicketView = z.infer<typeof ticketViewSchema>

/** The set of published rule packs as it was after a publication; see `rules.ts`. */
export const rulesChangeSchema = z.object({ setDigest: z.string().regex(/^[0-9a-f]{64}$/) })

const changeBase = { sequence: z.int().positive(), at: instantSchema }

/** One entry of the change feed: monotonic `sequence`, applied idempotently. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ ...changeBase, kind: z.literal('order'), order: orderViewSchema }),
  z.object({ ...changeBase, kind: z.literal('rules'), rules: rulesChangeSchema }),
  z.object({ ...changeBase, kind: z.literal('approvalRequest'), request: approvalRequestViewSchema }),
  z.object({ ...changeBase, kind: z.literal('ticket'), ticket: ticketViewSchema }),
])
export type Change = z.infer<typeof changeSchema>

/**
 * A change of a kind that a service does not know itself, because a newer one beside it wrote it: passed on as it lies there. Every kind
 * that is added from here on travels in this form, so that older services can pass it on and older counters can keep it.
 */
export const laterChangeSchema = z.looseObject({
  ...changeBase,
  kind: z.string(),
  /** What it is about: of each subject a counter keeps the latest. */
  subject: z.string().optional(),
  /** Its content; a `caseId` in it says which case it concerns. */
  body: z.unknown(),
})

/** What a change is about: the order, or the set of rules by the digest it has from then on. */
export function subjectOf(change: ChangeContent): string {
  switch (change.kind) {
    case 'order':
      return change.order.orderId
    case 'rules':
      return change.rules.setDigest
    case 'approvalRequest':
      return change.request.requestId
    case 'ticket':
      return change.ticket.ticketId
    default:
      return assertNever(change)
  }
}
export type ChangeContent =
  | { kind: 'order'; order: OrderView }
  | { kind: 'rules'; rules: z.infer<typeof rulesChangeSchema> }
  | { kind: 'approvalRequest'; request: ApprovalRequestView }
  | { kind: 'ticket'; ticket: TicketView }

/** Names a change beyond its number: two histories may give one number to two changes. */
export function changeMark(at: number, subjectId: string): string {
  return `${at}.${subjectId}`
}
