import { z } from 'zod'

/** A code as home provinces write it. One that the catalogue does not know is kept: it stops the case under its own name. */
export const blockerCodeSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}$/)

/** A blocker found by the pre-check, with what the home province said about it. */
export const blockerSchema = z.object({
  code: blockerCodeSchema,
  /** e.g. `cause: arrears`, `agreementId`, `msisdn` of a secondary card, `until`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type Blocker = z.infer<typeof blockerSchema>

/** One finding as one text, whatever the order of its parameters: the same text is the same finding. */
export function canonicalFinding({ code, params }: Blocker): string {
  return `${code}:${JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))}`
}
