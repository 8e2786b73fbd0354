import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import type { Blocker } from '../../../src/shared/domain/blocker.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { assessRisk, countsAsked, type RiskAssessment } from '../../../src/shared/domain/risk-assessment.ts'
import { riskFactsOf } from '../../../src/shared/domain/risk-facts.ts'
import type { RiskPolicy } from '../../../src/shared/domain/risk-policy.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import type { IdentityProofTable } from '../database/tables.ts'
import { checkApprovals } from '../submission/check-approvals.ts'
import { checkLimits, holdDocument, holdStaff } from './check-limits.ts'
import { countOrders } from './count-orders.ts'
import { documentKey } from './document-key.ts'

/** What the service knows itself of an order that is handed in; amounts in fen, `now` its own clock. */
export interface SubmissionFacts {
  account: HomeAccount
  blockers: readonly Blocker[]
  proof: IdentityProofTable
  /** The rule of who asks wants a second person to look at the papers. */
  askerPapers: boolean
  /** The way the refund takes wants a second person for its sum. */
  refundWay: boolean
  settlement: Settlement
  penaltyFen: number
  waivedFen: number
  staff: Staff
  storeId: string
  now: number
}

/** The decision, with what the order keeps of it. */
export interface RiskDecision {
  assessment: RiskAssessment
  documentKey: string
}

/**
 * The service's own word on risk: its facts, its counts over the whole country, its clock. Nothing the counter says is believed.
 * Holds the clerk and the document until the transaction ends, so that no two submissions count past each other.
 * Errors: `limit.exceeded`, `risk.refused` with the rule and its reason in both languages, `approval.missing`, `approval.samePerson`.
 */
export async function decideRisk(
  tx: Tx,
  order: OrderSubmit,
  policy: RiskPolicy,
  facts: SubmissionFacts,
): Promise<Result<RiskDecision>> {
  const { proof, staff, now } = facts
  const document = JSON.parse(proof.document) as { identificationType: 'RESIDENT_ID'; identificationId: string }
  const key = await documentKey(tx, document)
  await holdStaff(tx, staff.staffId)
  await holdDocument(tx, key)
  const acts = { cancellations: 1, waivedFen: facts.waivedFen, refundFen: facts.settlement.refundableFen }
  const within = await checkLimits(tx, policy.limits, { staffId: staff.staffId, as: 'clerk' }, acts, now)
  if (!within.ok) return within
  const counted = { staffId: staff.staffId, storeId: facts.storeId, documentKey: key }
  const assessment = assessRisk(
    policy,
    riskFactsOf({
      account: facts.account,
      asker: proof.asker,
      document: {
        entry: proof.entry === 'reader' ? 'reader' : 'manual',
        identificationType: document.identificationType,
      },
      faceByEye: (JSON.parse(proof.face) as { outcome: string }).outcome === 'noReference',
      blacklisted: facts.blockers.some((blocker) => blocker.code === 'BLACKLIST'),
      penaltyFen: fen(facts.penaltyFen),
      waivedFen: fen(facts.waivedFen),
      refundFen: facts.settlement.refundableFen,
      payableFen: facts.settlement.payableFen,
      at: order.acceptedAt,
      counts: await countOrders(tx, counted, countsAsked(policy), now),
    }),
  )
  const { refused } = assessment
  if (refused)
    return fail('risk.refused', { params: { rule: refused.ruleId, why: refused.reason.zh, ...refused.reason } })
  const { subjects: found } = assessment
  const wanted = [
    ...(facts.askerPapers ? (['asker'] as const) : []),
    ...(facts.refundWay ? (['largeRefund'] as const) : []),
  ]
  const subjects = [...new Set([...found, ...wanted])]
  const approved = await checkApprovals(tx, order, subjects, {
    staffId: staff.staffId,
    storeId: facts.storeId,
    refundFen: facts.settlement.refundableFen,
  })
  return approved.ok ? ok({ assessment, documentKey: key }) : approved
}
