import { z } from 'zod'
import { blockerEntry } from './blocker-catalogue.ts'

/** A blocker found by the pre-check, with what the home province said about it. */
export const blockerSchema = z.object({
  code: z.string().refine((code) => blockerEntry(code) !== undefined, 'unknown blocker code'),
  /** e.g. `cause: arrears`, `agreementId`, `msisdn` of a secondary card, `until`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type Blocker = z.infer<typeof blockerSchema>
