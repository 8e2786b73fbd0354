import type { NumberAnswer } from '../../../src/shared/domain/account.ts'
import { type BlockerPolicy, blockerPolicyOn, cataloguePolicy } from '../../../src/shared/domain/blocker-policy.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { RulePack } from '../../../src/shared/domain/rules/rule-pack.ts'

/** What findings mean for a line on a day: the section of its carrier and home province; without packs, the catalogue. */
export function blockerPolicyAt(
  packs: readonly RulePack[],
  { carrier, homeProvince }: Pick<NumberAnswer, 'carrier' | 'homeProvince'>,
  on: ShanghaiDate,
): BlockerPolicy {
  const rules = resolveRules(packs, { carrier, province: homeProvince }, on)
  return rules.ok ? blockerPolicyOn(rules.value.blockers, on) : cataloguePolicy
}
