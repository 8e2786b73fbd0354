import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { ok, type Result } from '../../../src/shared/domain/result.ts'
import { riskPolicyOf } from '../../../src/shared/domain/risk-policy.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { HomeSystem } from '../connectors/home-bss.ts'
import type { Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'
import { checkLimits, holdStaff } from './check-limits.ts'

/**
 * Whether a person may still type a document in, counted inside the transaction that keeps the proof. A document read from its chip
 * is never counted. Error: `limit.exceeded`.
 */
export async function checkManualEntry(
  tx: Tx,
  context: ServiceContext,
  home: HomeSystem,
  act: { entry: string; staffId: string },
): Promise<Result<undefined>> {
  if (act.entry !== 'manual') return ok(undefined)
  const now = context.clock.now()
  const { packs } = await context.rules.published(tx)
  const rules = resolveRules(packs, home, shanghaiDate(now))
  if (!rules.ok) return ok(undefined)
  await holdStaff(tx, act.staffId)
  const person = { staffId: act.staffId, as: 'clerk' as const }
  return checkLimits(tx, riskPolicyOf(rules.value).limits, person, { manualEntries: 1 }, now)
}
