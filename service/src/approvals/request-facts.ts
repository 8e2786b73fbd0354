import { fen } from '../../../src/shared/domain/money.ts'
import { assessRisk, type RiskFinding } from '../../../src/shared/domain/risk-assessment.ts'
import { riskFactsOf } from '../../../src/shared/domain/risk-facts.ts'
import type { ApprovalAsk } from '../../../src/shared/protocol/approvals.ts'
import type { ApprovalRequestView } from '../../../src/shared/protocol/changes.ts'
import type { Tx } from '../database/handle.ts'
import type { Clock } from '../ports.ts'
import type { CaseAccount } from './case-account.ts'

/** Why the policy wants a second person for this, with the figure that is asked for. */
function findingsFor(
  ask: ApprovalAsk,
  known: CaseAccount,
  proof: { faceByEye: boolean; asker: string },
  at: ReturnType<Clock['now']>,
): RiskFinding[] {
  const amount = fen(ask.amountFen ?? 0)
  const blockers = JSON.parse(known.preCheck.blockers) as { code: string }[]
  const { findings, undecided } = assessRisk(
    known.policy,
    riskFactsOf({
      account: known.account,
      asker: proof.asker,
      document: { entry: 'manual', identificationType: 'RESIDENT_ID' },
      faceByEye: proof.faceByEye,
      blacklisted: blockers.some((blocker) => blocker.code === 'BLACKLIST'),
      penaltyFen: fen(0),
      waivedFen: ask.subject === 'waiver' ? amount : fen(0),
      // What goes with a refund is asked for without naming it, so any refund is taken for large here.
      refundFen: ask.subject === 'largeRefund' ? amount : ask.subject === 'manualIdentity' ? fen(100_000_000) : fen(0),
      payableFen: fen(0),
      at,
    }),
  )
  return [...findings, ...undecided].filter(
    ({ measure }) => measure.kind === 'secondPerson' && measure.subject === ask.subject,
  )
}

/** What a supervisor at another counter is shown: masked, and from the service's own books, not from what the clerk says. */
export async function requestFacts(
  tx: Tx,
  clock: Clock,
  ask: ApprovalAsk,
  known: CaseAccount,
): Promise<ApprovalRequestView['facts']> {
  const { account, preCheck } = known
  const proof = await tx
    .selectFrom('identity_proof')
    .select(['face', 'asker'])
    .where('proof_id', '=', preCheck.proof_id)
    .executeTakeFirst()
  const faceOutcome = proof && (JSON.parse(proof.face) as { outcome: string }).outcome
  const agreement = account.agreements.find((one) => one.id === ask.agreementId)
  const { msisdn } = account.number
  return {
    maskedNumber: `${msisdn.slice(0, 3)}****${msisdn.slice(-4)}`,
    maskedName: account.number.maskedName,
    homeProvince: account.number.homeProvince,
    carrier: account.number.carrier,
    productName: account.productName,
    ...(agreement ? { agreementName: agreement.name } : {}),
    premium: account.number.premium,
    blockers: (JSON.parse(preCheck.blockers) as { code: string }[]).map(({ code }) => code).sort(),
    ...(faceOutcome ? { faceOutcome } : {}),
    findings: findingsFor(
      ask,
      known,
      { faceByEye: faceOutcome === 'noReference', asker: proof?.asker ?? 'holder' },
      clock.now(),
    ),
  }
}
