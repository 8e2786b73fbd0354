import type { Blocker } from './blocker.ts'
import catalogue from './blockers.json' with { type: 'json' }
import type { TaskAction, TaskWay } from './task-kinds.ts'

export const blockerSeverities = ['hard', 'soft', 'warn', 'info', 'branch', 'return', 'final'] as const
export type BlockerSeverity = (typeof blockerSeverities)[number]

/** Where something is put right; the hotline is the number of the carrier that serves the line. */
export const blockerPlaces = [
  'counter',
  'ownStore',
  'localStore',
  'homeStore',
  'hotline',
  'app',
  'currentCarrier',
  'seller',
  'enterprise',
  'bank',
  'issuer',
  'police',
  'court',
] as const
export type BlockerPlace = (typeof blockerPlaces)[number]

/** What a code means: its text, its remedy, who removes it and where, and what it does to the flow (domain facts, chapter 5). */
export interface BlockerEntry {
  code: string
  zh: string
  en: string
  remedy: { zh: string; en: string }
  severity: BlockerSeverity
  stage: 'precheck' | 'auth' | 'dispatch' | 'form' | 'home_audit'
  /** Removed in this very case (by paying, by ending agreements, by a task), by telling the customer, or elsewhere. */
  resolution: 'settlement' | 'agreements' | 'task' | 'acknowledge' | 'elsewhere'
  owner: 'clerk' | 'customer' | 'supervisor' | 'homeProvince' | 'carrier' | 'authority'
  /** The nearest first. */
  places: readonly BlockerPlace[]
  /** Where its price stands: in bills, in quotes, as a credit; nothing to pay; or nobody has said. */
  cost: 'bill' | 'quote' | 'credit' | 'none' | 'unknown'
  /** Who may override it, where it is soft. */
  override?: 'clerk' | 'supervisor'
  /** What has to be done, as a task of the case, and in which ways. */
  task?: { action: TaskAction; ways: readonly TaskWay[]; relation?: string }
  /** The other way this case has to go. */
  branch?: 'disowned' | 'localCancellation'
}

/** The 75 coded blockers with text, remedy and owner in both languages. Their shape is held by a test. */
export const blockerCatalogue = catalogue as readonly BlockerEntry[]

const byCode = new Map(blockerCatalogue.map((entry) => [entry.code, entry]))
const rank = new Map(blockerCatalogue.map((entry, index) => [entry.code, index]))

/** The catalogue's entry for a code; undefined for a code that a home province invented. */
export function blockerEntry(code: string): BlockerEntry | undefined {
  return byCode.get(code)
}

/** Where a code stands in the catalogue; unknown codes come first, because nobody knows what they mean. */
export function catalogueRank(code: string): number {
  return rank.get(code) ?? -1
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
