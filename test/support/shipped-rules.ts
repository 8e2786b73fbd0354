import { readdirSync, readFileSync } from 'node:fs'
import type { ShanghaiDate } from '../../src/shared/domain/calendar.ts'
import { assemblePacks } from '../../src/shared/domain/rules/assemble-packs.ts'
import { type EffectiveRules, resolveRules } from '../../src/shared/domain/rules/resolve-rules.ts'
import type { RulePack, RulePlace } from '../../src/shared/domain/rules/rule-pack.ts'

const folder = new URL('../../resources/rule-packs/', import.meta.url)

/** Every pack as shipped. */
export const shippedPacks: readonly RulePack[] = assemblePacks(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, value: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown })),
)

/** The rules of a place on a day; throws when there are none. */
export function rulesAt(place: RulePlace, on: ShanghaiDate, packs = shippedPacks): EffectiveRules {
  const rules = resolveRules(packs, place, on)
  if (!rules.ok) throw new Error(`${rules.error.code} ${JSON.stringify(rules.error.params)}`)
  return rules.value
}
