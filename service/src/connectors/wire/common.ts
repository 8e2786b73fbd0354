import { z } from 'zod'

/** Money on the wire: an integer number of li (1/1000 yuan), always a whole number of fen. */
export const liSchema = z.int().describe('li, 1/1000 yuan')
export const chargeLiSchema = liSchema.nonnegative()

/** UTC milliseconds since 1970. */
export const wireInstantSchema = z.int().nonnegative()

export const wireParamsSchema = z.record(z.string(), z.union([z.string(), z.number()]))

/** A business refusal: HTTP 200, a code and values for its sentence. Money in `params` ends in `Li`. */
export const refusedSchema = z.object({
  result: z.literal('refused'),
  code: z.string().min(1).max(80),
  params: wireParamsSchema.default({}),
})
export type Refused = z.infer<typeof refusedSchema>

/** An answer is either ok with its content or a business refusal; anything technical is an HTTP status. */
export function answerSchema<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.discriminatedUnion('result', [z.object({ result: z.literal('ok'), ...shape }), refusedSchema])
}

/** Body of a technical failure (4xx and 5xx). */
export const technicalErrorSchema = z.object({ error: z.string(), message: z.string() })

/** Header that makes a POST repeatable: same key and body, same answer; same key and another body, 409. */
export const idempotencyHeader = 'idempotency-key'
