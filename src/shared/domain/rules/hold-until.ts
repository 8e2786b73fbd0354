import { addDays, type ShanghaiDate } from '../calendar.ts'
import { comingDays, firstOfMonthAfter } from './coming-days.ts'
import type { CompiledRule } from './compile-rule.ts'
import { dayAfterEnd, figuresOf, type PricingScene } from './price-rules.ts'
import type { CompiledExpression } from './rule-language.ts'

/** A span a rule computed, in whole units; undefined where it cannot be computed or lies beyond a hundred years. */
function spanFrom(expression: CompiledExpression | undefined, figures: Record<string, bigint>): number | undefined {
  const result = expression?.run(figures)
  if (!result?.ok || typeof result.value !== 'bigint') return undefined
  return result.value > 0n && result.value <= 36_500n ? Number(result.value) : undefined
}

/**
 * The first day on which a hold that holds on the day of the scene is lifted by time alone. At the latest the day after the
 * agreement's last: an agreement that has ended holds nobody.
 */
export function heldUntil(compiled: CompiledRule, scene: PricingScene, steps: Record<string, number>): ShanghaiDate {
  const end = dayAfterEnd(scene.agreement)
  const hold = compiled.hold!
  const withSteps = (on: ShanghaiDate) => {
    const { figures } = figuresOf(compiled, { ...scene, on })
    for (const [name, value] of Object.entries(steps)) figures[name] = BigInt(value)
    return figures
  }
  const today = withSteps(scene.on)
  const months = spanFrom(hold.months, today)
  const days = spanFrom(hold.days, today)
  const told =
    months !== undefined
      ? firstOfMonthAfter(scene.on, months)
      : days !== undefined
        ? addDays(scene.on, days)
        : undefined
  if (told !== undefined) return told < end ? told : end
  for (const day of comingDays(scene.agreement, scene.on, { daily: compiled.daily })) {
    if (day >= end) break
    const holds = hold.while.run(withSteps(day))
    if (holds.ok && holds.value === false) return day
  }
  return end
}
