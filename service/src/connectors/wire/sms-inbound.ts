import { z } from 'zod'
import { wireInstantSchema } from './common.ts'

/*
 * What the gateway tells this service: POST {service}/v1/inbound/sms, one message or report per request, repeated by the gateway until
 * it is answered with 200. Headers: `x-gateway-timestamp` (UTC milliseconds) and `x-gateway-signature`, the lower-case hex
 * HMAC-SHA-256 with the shared secret over `{timestamp}.{body}`. A request older or newer than five minutes is refused.
 */

/** Somebody replied to a message of ours, or wrote to our number. `gatewayId` is the gateway's own number of it. */
export const smsReplySchema = z.object({
  kind: z.literal('reply'),
  gatewayId: z.string().min(1).max(120),
  from: z.string().regex(/^1\d{10}$/),
  text: z.string().max(1000),
  receivedAt: wireInstantSchema,
})
export type SmsReply = z.infer<typeof smsReplySchema>

/** What became of a message; `messageId` as answered when it was handed over. */
export const smsReportSchema = z.object({
  kind: z.literal('deliveryReport'),
  messageId: z.string().min(1).max(120),
  state: z.enum(['delivered', 'undelivered']),
  /** In the gateway's words, e.g. that the phone is switched off or the line is stopped. */
  reason: z.string().max(200).optional(),
  at: wireInstantSchema,
})
export type SmsReport = z.infer<typeof smsReportSchema>

export const smsInboundSchema = z.discriminatedUnion('kind', [smsReplySchema, smsReportSchema])
export type SmsInbound = z.infer<typeof smsInboundSchema>

/** What the service made of it, in a word; for the gateway only that it was taken. */
export const smsInboundAnswerSchema = z.object({ outcome: z.string() })
