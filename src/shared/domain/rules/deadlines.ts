import { z } from 'zod'
import { bilingualSchema } from './bilingual.ts'

const deadlineSchema = z
  .object({ days: z.int().positive().max(3650), source: bilingualSchema, assumed: z.boolean() })
  .strict()

/** Section `deadlines`: days a party has. */
export const deadlinesSchema = z.object({
  /** From acceptance until the home province must have finished. */
  finish: deadlineSchema,
  /** To bring papers the home province asked for. */
  resupply: deadlineSchema,
  /** From the line's end until the number may be given out again. */
  quarantine: deadlineSchema,
  /** How long a quote binds. */
  quote: deadlineSchema,
})
export type Deadlines = z.infer<typeof deadlinesSchema>
