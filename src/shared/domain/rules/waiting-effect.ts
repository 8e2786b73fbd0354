import type { Agreement } from '../account.ts'
import { daysBetween, type ShanghaiDate } from '../calendar.ts'
import { type Fen, fen } from '../money.ts'
import type { Result } from '../result.ts'
import { comingDays } from './coming-days.ts'
import { heldUntil } from './hold-until.ts'
import { hasEnded, type PricedRule, priceAgreement, rulesForAgreement, stepsByName } from './price-rules.ts'
import { type EffectiveRules, resolveRules } from './resolve-rules.ts'
import { packIdsFor, type RulePack, type RulePlace } from './rule-pack.ts'

/** A coming day on which ending the agreement costs something else than the day before. */
export interface PriceChange {
  on: ShanghaiDate
  inDays: number
  amountFen: Fen
  /** True while a hard block still stands on that day. */
  held: boolean
}

/** What waiting brings: the next days on which the price changes, and the first on which it costs nothing. */
export interface WaitingEffect {
  changes: PriceChange[]
  free?: { on: ShanghaiDate; inDays: number }
}

/** How many coming changes are told one by one. */
const changesTold = 3

/** Days after `on` on which another version of a pack of this place begins or ends. */
function changesOfRules(packs: readonly RulePack[], place: RulePlace, on: ShanghaiDate): ShanghaiDate[] {
  const ids = packIdsFor(place)
  return packs.flatMap((pack) => (ids.includes(pack.id) && pack.validFrom > on ? [pack.validFrom] : []))
}

/** An agreement to be followed into the future, and the rules of each day. */
interface Following {
  agreement: Agreement
  on: ShanghaiDate
  devicesReturned: number
  rulesOn(day: ShanghaiDate): Result<EffectiveRules>
  /** Days besides those of the calendar on which something may change. */
  also: readonly ShanghaiDate[]
}

/**
 * What it costs to end the agreement on coming days. Tries at most the first of every month until the agreement ends, two months of
 * days where a rule counts days, and 1,200 months in all. Undefined when there is nothing to wait for: it has ended, costs nothing
 * already, or cannot be priced.
 */
export function followPrice({ agreement, on, devicesReturned, rulesOn, also }: Following): WaitingEffect | undefined {
  const scene = { agreement, on, devicesReturned }
  const rules = rulesOn(on)
  if (!rules.ok || hasEnded(scene)) return undefined
  const compiled = rulesForAgreement(rules.value, agreement)
  const today = priceAgreement(rules.value, scene)
  if (!compiled.ok || !today.ok) return undefined
  // A hold that says itself when it is lifted counts from today: its terms are those of today's account.
  const lifted = today.value
    .filter(({ held }) => held)
    .map((priced) => heldUntil(priced.compiled, scene, stepsByName(priced)))
    .sort()
    .at(-1)
  const heldOn = (day: ShanghaiDate, priced: readonly PricedRule[]) =>
    (lifted !== undefined && day < lifted) ||
    priced.some((rule) => rule.held && !rule.compiled.hold!.months && !rule.compiled.hold!.days)
  let amountFen = today.value[0]!.amountFen
  let held = lifted !== undefined
  if (amountFen === 0 && !held) return undefined
  const changes: PriceChange[] = []
  const daily = compiled.value.some((rule) => rule.daily)
  for (const day of comingDays(agreement, on, { daily, also: lifted === undefined ? also : [...also, lifted] })) {
    const then = { agreement, on: day, devicesReturned }
    const later = rulesOn(day)
    if (!later.ok) break
    const priced = hasEnded(then) ? undefined : priceAgreement(later.value, then)
    if (priced && !priced.ok) break
    const next = priced ? priced.value[0]!.amountFen : 0
    const nextHeld = priced ? heldOn(day, priced.value) : false
    const inDays = daysBetween(on, day)
    // While nothing can be ended, what it would cost helps nobody.
    if ((nextHeld !== held || (next !== amountFen && !nextHeld)) && changes.length < changesTold)
      changes.push({ on: day, inDays, amountFen: fen(next), held: nextHeld })
    amountFen = next
    held = nextHeld
    if (next === 0 && !nextHeld) return { changes, free: { on: day, inDays } }
  }
  return { changes }
}

/** The same by the rules in force on each coming day, packs that begin later included. */
export function waitingEffect(request: {
  agreement: Agreement
  packs: readonly RulePack[]
  place: RulePlace
  on: ShanghaiDate
  devicesReturned: number
}): WaitingEffect | undefined {
  const { packs, place, ...scene } = request
  return followPrice({
    ...scene,
    rulesOn: (day) => resolveRules(packs, place, day),
    also: changesOfRules(packs, place, scene.on),
  })
}
