import { z } from 'zod'
import { wireInstantSchema } from './common.ts'

// POST {smsUrl}/messages — repeatable: the same `key` with the same body is one message; with another body 409.
export const smsRequestSchema = z.object({
  key: z.string().min(1).max(120),
  to: z.string().regex(/^1\d{10}$/),
  text: z.string().min(1).max(1000),
  /** Name of the message's purpose: `otp`, `accepted`, `refused`, `completed`, `warning` … */
  template: z.string().min(1).max(60),
})
export const smsAnswerSchema = z.object({ messageId: z.string(), acceptedAt: wireInstantSchema })
export type SmsRequest = z.infer<typeof smsRequestSchema>
export type SmsAnswer = z.infer<typeof smsAnswerSchema>
