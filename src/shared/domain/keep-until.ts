import type { Agreement } from './account.ts'
import type { ShanghaiDate } from './calendar.ts'
import { ok, type Result } from './result.ts'
import { dayAfterEnd, hasEnded, priceAgreement } from './rules/price-rules.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import { followPrice } from './rules/waiting-effect.ts'

/**
 * The first Shanghai day, from `from` on, on which ending the agreement costs nothing and nothing holds it: after its last day nothing
 * is left to pay. All devices count as returned by then. Errors: those of the quote.
 */
export function firstFreeDay(agreement: Agreement, rules: EffectiveRules, from: ShanghaiDate): Result<ShanghaiDate> {
  const scene = { agreement, on: from, devicesReturned: agreement.devices.length }
  if (hasEnded(scene)) return ok(from)
  const today = priceAgreement(rules, scene)
  if (!today.ok) return today
  if (today.value[0]!.amountFen === 0 && !today.value.some(({ held }) => held)) return ok(from)
  return ok(followPrice({ ...scene, rulesOn: () => ok(rules), also: [] })?.free?.on ?? dayAfterEnd(agreement))
}
