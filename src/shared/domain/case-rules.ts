import type { Agreement } from './account.ts'
import { type Instant, shanghaiDate } from './calendar.ts'
import type { Case } from './case.ts'
import { lineOf } from './line-of.ts'
import type { Result } from './result.ts'
import { type EffectiveRules, resolveNamedRules, resolveRules } from './rules/resolve-rules.ts'
import type { RulePack } from './rules/rule-pack.ts'
import { devicesScanned } from './task.ts'

/** The packs at hand; which rules of them a case is under depends on its line and on the day. */
export interface CaseRules {
  packs: readonly RulePack[]
}

/** How many devices of an agreement came back: those that were scanned, or more where the clerk counted more. */
export function devicesReturnedOf(case_: Case, agreement: Agreement): number {
  const counted = case_.choices.find((choice) => choice.agreementId === agreement.id)?.devicesReturned ?? 0
  const ids = agreement.devices.map((device) => device.id)
  return Math.max(counted, devicesScanned(case_.tasks ?? [], ids).length)
}

/**
 * The rules a case is under at an instant: of its line's carrier and home province, as far as they are known (before the operator
 * has answered, those of the prefix). Errors: `quote.noPack`, `rules.broken`.
 */
export function rulesOfCase(case_: Case, { packs }: CaseRules, now: Instant): Result<EffectiveRules> {
  const { carrier, homeProvince: province } = lineOf(case_)
  const place = { carrier, province }
  const signed = livingSignature(case_, now)
  if (signed) {
    const named = resolveNamedRules(packs, place, signed.rulePacks)
    if (named.ok) return named
  }
  return resolveRules(packs, place, shanghaiDate(now))
}

/** The signature while the quotes under it bind. */
export function livingSignature({ signature }: Case, now: Instant) {
  if (!signature?.rulePacks || now >= (signature.boundUntil ?? 0)) return undefined
  return { ...signature, rulePacks: signature.rulePacks }
}

/** The instant whose figures count: that of the signature while it binds, otherwise the one asked for. */
export function figuresInstant(case_: Case, now: Instant): Instant {
  return livingSignature(case_, now)?.signedAt ?? now
}
