import { z } from 'zod'
import { orderStageSchema } from '../domain/order.ts'
import { refundRouteSchema } from '../domain/refund-routes.ts'
import { repairActions } from '../domain/repairs.ts'
import { fenSchema, instantSchema } from '../domain/scalars.ts'
import { staffRoleSchema } from './device.ts'

/*
 * What a supervisor does to an order by hand: `GET` tells what fits now, `POST` does it. The service decides; a counter that is offline
 * repairs nothing.
 */

/** `repairId` is made by the counter: doing it twice with the same one is doing it once. */
const repair = { repairId: z.uuid(), reason: z.string().trim().min(2).max(200) }
const password = z.string().min(1).max(200)

/** `POST /v1/orders/:orderId/repairs`. What lets money or safety go needs the supervisor's password once more. */
export const repairRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ ...repair, action: z.literal('retryNow') }),
  z.strictObject({ ...repair, action: z.literal('skipWait'), password }),
  z.strictObject({
    ...repair,
    action: z.literal('markPosted'),
    paymentId: z.uuid(),
    /** The home province's own number of the posting, as its people gave it. */
    reference: z.string().trim().min(3).max(60),
    password,
  }),
  z.strictObject({ ...repair, action: z.literal('handOver'), staffId: z.string().min(1).max(40) }),
  z.strictObject({ ...repair, action: z.literal('returnToCustomer') }),
  z.strictObject({ ...repair, action: z.literal('refuse'), password }),
  z.strictObject({ ...repair, action: z.literal('askRefundAgain') }),
  z.strictObject({ ...repair, action: z.literal('sendRefundAgain'), password }),
  z.strictObject({
    ...repair,
    action: z.literal('refundPaid'),
    /** The payment provider's own number of the payout, as its people gave it. */
    reference: z.string().trim().min(3).max(60),
    password,
  }),
  z.strictObject({ ...repair, action: z.literal('refundNotPaid'), password }),
])
export type RepairRequest = z.infer<typeof repairRequestSchema>

const personSchema = z.object({ staffId: z.string(), name: z.string() })

/** What may be done to an order now, what is needed for it, and what was done by hand before. */
export const repairOptionsSchema = z.object({
  orderId: z.uuid(),
  caseNumber: z.string(),
  stage: orderStageSchema,
  /** Who looks after it: the clerk who accepted, or whom it was handed to. */
  responsible: personSchema,
  actions: z.array(z.enum(repairActions)),
  /** Payments the home province has not confirmed. */
  unposted: z.array(
    z.object({ paymentId: z.uuid(), receiptNumber: z.string(), amountFen: fenSchema, takenAt: instantSchema }),
  ),
  /** The refund that hangs at the payment provider. */
  refund: z.object({ amountFen: fenSchema, route: refundRouteSchema, orderedAt: instantSchema }).optional(),
  /** Whom it can be handed to. */
  people: z.array(personSchema.extend({ role: staffRoleSchema })),
  done: z.array(
    z.object({
      repairId: z.uuid(),
      action: z.enum(repairActions),
      reason: z.string(),
      by: personSchema,
      at: instantSchema,
    }),
  ),
})
export type RepairOptions = z.infer<typeof repairOptionsSchema>
