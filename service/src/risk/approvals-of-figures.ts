import { homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { fen, sumFen } from '../../../src/shared/domain/money.ts'
import type { FiguresApproval, NewFigures } from '../../../src/shared/domain/recheck.ts'
import { routeNeedsSecondPerson } from '../../../src/shared/domain/refund-routes.ts'
import { assessRisk } from '../../../src/shared/domain/risk-assessment.ts'
import { riskFactsOf } from '../../../src/shared/domain/risk-facts.ts'
import { type ApprovalSubject, riskPolicyOf } from '../../../src/shared/domain/risk-policy.ts'
import type { EffectiveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Database } from '../database/handle.ts'

type Figures = Pick<NewFigures, 'settlement' | 'agreements'>

const waivedOf = ({ agreements }: Figures) => sumFen(agreements.map(({ waivedFen }) => waivedFen))
const penaltyOf = ({ agreements }: Figures) => sumFen(agreements.map(({ quote }) => quote.amountFen))

/**
 * What a second person has to sign for because an order would be carried out with other figures than were submitted: rules of the signed
 * policy that only the new sums meet, and a refund or a waiver of a sum nobody has approved. Everything else about the case is taken as it
 * was at its submission, so that only money makes a difference; rules that count orders were decided then.
 */
export async function approvalsOfFigures(
  db: Database,
  submission: OrderSubmit,
  rules: EffectiveRules,
  figures: Figures,
): Promise<FiguresApproval[]> {
  const preCheck = await db
    .selectFrom('pre_check')
    .select(['account', 'blockers'])
    .where('pre_check_id', '=', submission.preCheckId)
    .executeTakeFirstOrThrow()
  const proof = await db
    .selectFrom('identity_proof')
    .select(['document', 'entry', 'face', 'asker'])
    .where('proof_id', '=', submission.proofId)
    .executeTakeFirstOrThrow()
  const policy = riskPolicyOf(rules)
  const account = homeAccountSchema.parse(JSON.parse(preCheck.account))
  const blockers = JSON.parse(preCheck.blockers) as { code: string }[]
  const { identificationType } = JSON.parse(proof.document) as { identificationType: 'RESIDENT_ID' }
  const { outcome } = JSON.parse(proof.face) as { outcome: string }
  const assess = (of: Figures) =>
    assessRisk(
      policy,
      riskFactsOf({
        account,
        asker: proof.asker,
        document: { entry: proof.entry === 'reader' ? 'reader' : 'manual', identificationType },
        faceByEye: outcome === 'noReference',
        blacklisted: blockers.some(({ code }) => code === 'BLACKLIST'),
        penaltyFen: penaltyOf(of),
        waivedFen: waivedOf(of),
        refundFen: of.settlement.refundableFen,
        payableFen: of.settlement.payableFen,
        at: submission.acceptedAt,
      }),
    )
  const known = new Set(assess(submission).findings.map(({ ruleId }) => ruleId))
  const now = assess(figures)
  const asked = new Set<ApprovalSubject>(
    now.findings.flatMap(({ ruleId, measure }) =>
      measure.kind === 'secondPerson' && !known.has(ruleId) ? [measure.subject] : [],
    ),
  )
  const given =
    submission.approvalIds.length === 0
      ? []
      : await db
          .selectFrom('approval')
          .select(['subject', 'agreement_id', 'waived_fen', 'amount_fen'])
          .where('case_id', '=', submission.caseId)
          .where('approval_id', 'in', submission.approvalIds)
          // Given in the order's own store; see checkApprovals.
          .where('device_id', 'in', (eb) =>
            eb
              .selectFrom('device')
              .innerJoin('product_order', 'product_order.store_id', 'device.store_id')
              .select('device.device_id')
              .where('product_order.order_id', '=', submission.orderId),
          )
          .execute()
  const { refundableFen } = figures.settlement
  const wantsRefund =
    now.subjects.includes('largeRefund') ||
    routeNeedsSecondPerson(rules.refundRoutes, submission.refund?.route, refundableFen)
  const refundApproved = given.some((one) => one.subject === 'largeRefund' && one.amount_fen === refundableFen)
  // A supervisor who waived more has waived this, too.
  const waivers = figures.agreements.filter(
    ({ agreementId, waivedFen }) =>
      waivedFen > 0 && !given.some((one) => one.agreement_id === agreementId && (one.waived_fen ?? 0) >= waivedFen),
  )
  const bound: readonly ApprovalSubject[] = ['largeRefund', 'waiver']
  return [
    ...[...asked].filter((subject) => !bound.includes(subject)).map((subject) => ({ subject })),
    ...(wantsRefund && !refundApproved ? [{ subject: 'largeRefund' as const, amountFen: fen(refundableFen) }] : []),
    ...waivers.map(({ agreementId, waivedFen }) => ({ subject: 'waiver' as const, agreementId, amountFen: waivedFen })),
  ]
}
