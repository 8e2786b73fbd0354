import { z } from 'zod'
import catalogue from './blockers.json' with { type: 'json' }

/** What the code does to the flow (domain facts, chapter 5). */
export const blockerSeverities = ['hard', 'soft', 'warn', 'info', 'branch', 'return', 'final'] as const

/** Where a blocker is removed: in this very case, by the customer or home province elsewhere, or not at all. */
export const blockerResolutions = ['settlement', 'agreements', 'acknowledge', 'elsewhere'] as const

export const blockerEntrySchema = z.object({
  code: z.string(),
  zh: z.string(),
  en: z.string(),
  remedy: z.object({ zh: z.string(), en: z.string() }),
  severity: z.enum(blockerSeverities),
  stage: z.enum(['precheck', 'auth', 'dispatch', 'form', 'home_audit']),
  resolution: z.enum(blockerResolutions),
  owner: z.enum(['clerk', 'customer', 'supervisor', 'homeProvince', 'carrier', 'authority']),
})
export type BlockerEntry = z.infer<typeof blockerEntrySchema>

/** The 75 coded blockers with text, remedy and owner in both languages. */
export const blockerCatalogue: readonly BlockerEntry[] = z.array(blockerEntrySchema).parse(catalogue)

const byCode = new Map(blockerCatalogue.map((entry) => [entry.code, entry]))

/** The catalogue's entry for a code; undefined for a code no home province may send. */
export function blockerEntry(code: string): BlockerEntry | undefined {
  return byCode.get(code)
}

/** A blocker found by the pre-check, with what the home province said about it. */
export const blockerSchema = z.object({
  code: z.string().refine((code) => byCode.has(code), 'unknown blocker code'),
  /** e.g. `cause: arrears`, `agreementId`, `msisdn` of a secondary card, `until`. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type Blocker = z.infer<typeof blockerSchema>

/**
 * Where a found blocker is removed. A line stopped for arrears is resumed by paying (order of the flow: domain facts,
 * chapter 3), so that stop is settled here; a line stopped for any other cause is not ours to resume.
 */
export function resolutionOf(blocker: Blocker): BlockerEntry['resolution'] {
  if ((blocker.code === 'STATE_STOP' || blocker.code === 'STATE_HALF_STOP') && blocker.params.cause === 'arrears')
    return 'settlement'
  return byCode.get(blocker.code)?.resolution ?? 'elsewhere'
}
