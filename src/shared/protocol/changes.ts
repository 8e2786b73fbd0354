import { z } from 'zod'
import { orderStageSchema, orderStateSchema } from '../domain/order.ts'
import { assertNever } from '../domain/result.ts'
import { dateSchema, fenSchema, instantSchema } from '../domain/scalars.ts'

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
  refusedFor: z.object({ code: z.string(), params: eventParams }).optional(),
  effectiveAt: instantSchema.optional(),
  agingUntil: dateSchema.optional(),
  refundFen: fenSchema.optional(),
  /** What this store still has to hand to the customer; absent when it is nothing. */
  owedHereFen: fenSchema.optional(),
  urgeCount: z.int().nonnegative(),
  events: z.array(orderEventSchema),
  updatedAt: instantSchema,
})
export type OrderView = z.infer<typeof orderViewSchema>

/** The set of published rule packs as it was after a publication; see `rules.ts`. */
export const rulesChangeSchema = z.object({ setDigest: z.string().regex(/^[0-9a-f]{64}$/) })

/** One entry of the change feed: monotonic `sequence`, applied idempotently. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ sequence: z.int().positive(), at: instantSchema, kind: z.literal('order'), order: orderViewSchema }),
  z.object({ sequence: z.int().positive(), at: instantSchema, kind: z.literal('rules'), rules: rulesChangeSchema }),
])
export type Change = z.infer<typeof changeSchema>

/** What a change is about: the order, or the set of rules by the digest it has from then on. */
export function subjectOf(change: ChangeContent): string {
  switch (change.kind) {
    case 'order':
      return change.order.orderId
    case 'rules':
      return change.rules.setDigest
    default:
      return assertNever(change)
  }
}
export type ChangeContent =
  | { kind: 'order'; order: OrderView }
  | { kind: 'rules'; rules: z.infer<typeof rulesChangeSchema> }

/** Names a change beyond its number: two histories may give one number to two changes. */
export function changeMark(at: number, subjectId: string): string {
  return `${at}.${subjectId}`
}

/** `GET /v1/changes?after=N&waitSeconds=S`: changes of this device's store after a cursor; waits when there are none. */
export const changesQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative(),
  /** `changeMark` of the change at the cursor: tells whether it is still the change the service has under this number. */
  mark: z.string().max(100).optional(),
  waitSeconds: z.coerce.number().int().min(0).max(30).default(0),
})
export const changesAnswerSchema = z.object({
  changes: z.array(changeSchema),
  cursor: z.int().nonnegative(),
  /** The cursor asked with is from a time the service does not remember: read again from the beginning. */
  restart: z.boolean().optional(),
  /** Jobs of the asking device this service has accepted; a counter that holds more receipts must reconcile. */
  acceptedJobs: z.int().nonnegative().optional(),
  /** Names the set of published rule packs; a counter that has dealt with another one asks for the list. */
  rulesSetDigest: rulesChangeSchema.shape.setDigest.optional(),
  serviceTime: instantSchema,
})
export type ChangesAnswer = z.infer<typeof changesAnswerSchema>
