import { type HomeAccount, homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type RiskPolicy, riskPolicyOf } from '../../../src/shared/domain/risk-policy.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { Tx } from '../database/handle.ts'
import type { PreCheckTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'

/** What the service's own books say of a case: its last pre-check and the policy of the number's place today. */
export interface CaseAccount {
  preCheck: PreCheckTable
  account: HomeAccount
  policy: RiskPolicy
}

/** Reads it, inside the caller's transaction; undefined when this case was never pre-checked or no rules are in force. */
export async function caseAccount(
  tx: Tx,
  context: ServiceContext,
  wanted: { caseId: string; preCheckId?: string | undefined },
): Promise<CaseAccount | undefined> {
  let query = tx.selectFrom('pre_check').selectAll().where('case_id', '=', wanted.caseId)
  if (wanted.preCheckId) query = query.where('pre_check_id', '=', wanted.preCheckId)
  const preCheck = await query.orderBy('checked_at', 'desc').limit(1).executeTakeFirst()
  if (!preCheck) return undefined
  const account = homeAccountSchema.parse(JSON.parse(preCheck.account))
  const { packs } = await context.rules.published(tx)
  const { carrier, homeProvince: province } = account.number
  const rules = resolveRules(packs, { carrier, province }, shanghaiDate(context.clock.now()))
  return rules.ok ? { preCheck, account, policy: riskPolicyOf(rules.value) } : undefined
}
