import type { Blocker } from './blocker.ts'
import catalogue from './blockers.json' with { type: 'json' }

/** What a code means: its text, its remedy, who removes it and where, and what it does to the flow (domain facts, chapter 5). */
export interface BlockerEntry {
  code: string
  zh: string
  en: string
  remedy: { zh: string; en: string }
  severity: 'hard' | 'soft' | 'warn' | 'info' | 'branch' | 'return' | 'final'
  stage: 'precheck' | 'auth' | 'dispatch' | 'form' | 'home_audit'
  /** Removed in this very case, by telling the customer, or by somebody elsewhere. */
  resolution: 'settlement' | 'agreements' | 'acknowledge' | 'elsewhere'
  owner: 'clerk' | 'customer' | 'supervisor' | 'homeProvince' | 'carrier' | 'authority'
}

/** The 75 coded blockers with text, remedy and owner in both languages. Their shape is held by a test. */
export const blockerCatalogue = catalogue as readonly BlockerEntry[]

const byCode = new Map(blockerCatalogue.map((entry) => [entry.code, entry]))

/** The catalogue's entry for a code; undefined for a code no home province may send. */
export function blockerEntry(code: string): BlockerEntry | undefined {
  return byCode.get(code)
}

/**
 * Where a found blocker is removed. A line stopped for arrears is resumed by paying (order of the flow: domain facts,
 * chapter 3), so that stop is settled here; a line stopped for any other cause is not ours to resume.
 */
export function resolutionOf(blocker: Blocker): BlockerEntry['resolution'] {
  if ((blocker.code === 'STATE_STOP' || blocker.code === 'STATE_HALF_STOP') && blocker.params.cause === 'arrears')
    return 'settlement'
  return byCode.get(blocker.code)?.resolution ?? 'elsewhere'
}
