import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { approvalsNeeded, type RiskPolicy } from '../../../src/shared/domain/risk-policy.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../service-context.ts'

export interface ApprovalFacts {
  account: HomeAccount
  blockers: readonly Blocker[]
  settlement: Settlement
  penaltyFen: number
  faceByEye: boolean
  /** Who hands the order in. */
  staffId: string
}

/**
 * Everything the risk policy wants a second person for has been approved in this case; a waiver is approved per agreement, for at
 * least its amount. Errors: `approval.missing` with `subject`, `approval.samePerson` (who hands
 * the order in has approved it).
 */
export async function checkApprovals(
  tx: Tx,
  order: OrderSubmit,
  policy: RiskPolicy,
  facts: ApprovalFacts,
): Promise<Result<undefined>> {
  const waived = order.agreements.filter((entry) => entry.waivedFen > 0)
  const needed = approvalsNeeded(policy, {
    premium:
      facts.account.number.premium ||
      facts.account.agreements.some((agreement) => agreement.agreementType === 'PREMIUM_NUMBER'),
    penaltyFen: fen(facts.penaltyFen),
    waiverAsked: waived.length > 0,
    refundFen: facts.settlement.refundableFen,
    faceByEye: facts.faceByEye,
    blacklisted: facts.blockers.some((blocker) => blocker.code === 'BLACKLIST'),
  })
  if (needed.length === 0) return ok(undefined)
  const granted =
    order.approvalIds.length === 0
      ? []
      : await tx
          .selectFrom('approval')
          .select(['subject', 'agreement_id', 'waived_fen', 'approver_id'])
          .where('case_id', '=', order.caseId)
          .where('approval_id', 'in', order.approvalIds)
          .execute()
  if (granted.some((approval) => approval.approver_id === facts.staffId))
    return fail('approval.samePerson', { field: 'approvalIds' })
  for (const subject of needed) {
    const missing = () => fail('approval.missing', { field: 'approvalIds', params: { subject } })
    if (subject !== 'waiver') {
      if (!granted.some((approval) => approval.subject === subject)) return missing()
      continue
    }
    for (const entry of waived)
      if (
        !granted.some(
          (approval) =>
            approval.subject === 'waiver' &&
            approval.agreement_id === entry.agreementId &&
            (approval.waived_fen ?? 0) >= entry.waivedFen,
        )
      )
        return missing()
  }
  return ok(undefined)
}
