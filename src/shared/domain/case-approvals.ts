import type { Instant } from './calendar.ts'
import type { Case } from './case.ts'
import type { AgreementQuote } from './case-quotes.ts'
import { type Fen, sumFen, zeroFen } from './money.ts'
import { ruleFor } from './papers.ts'
import { routeNeedsSecondPerson } from './refund-routes.ts'
import type { Result } from './result.ts'
import { assessRisk } from './risk-assessment.ts'
import { riskFactsOf } from './risk-facts.ts'
import { type ApprovalSubject, riskPolicyOf } from './risk-policy.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import type { Settlement } from './settlement.ts'

/** Something a second person has to look at; an approval counts for exactly this figure. */
export interface ApprovalNeeded {
  subject: ApprovalSubject
  agreementId?: string
  /** The waiver asked for, or the refund. */
  amountFen?: Fen
  granted: boolean
}

/** The waiver of each agreement for which one is asked: as granted, otherwise as asked. */
function waiversAsked(case_: Case) {
  return case_.choices
    .filter((choice) => choice.option === 'waiver')
    .map(({ agreementId, requestedWaiverFen }) => {
      const granted = case_.approvals.find((a) => a.subject === 'waiver' && a.agreementId === agreementId)
      return { agreementId, granted, amountFen: granted?.waivedFen ?? requestedWaiverFen ?? zeroFen }
    })
}

/** What the policy says of a case as far as it can be told here; undefined before there are figures. */
export function riskOf(
  case_: Case,
  rules: Result<EffectiveRules>,
  quotes: AgreementQuote[],
  settlement: Settlement | undefined,
  now: Instant,
) {
  const account = case_.preCheck?.account
  if (!account || !settlement || !rules.ok) return undefined
  return assessRisk(
    riskPolicyOf(rules.value),
    riskFactsOf({
      account,
      asker: case_.asker?.kind ?? 'holder',
      document: case_.document ?? { entry: 'manual', identificationType: 'RESIDENT_ID' },
      faceByEye: case_.proof?.face.outcome === 'noReference',
      blacklisted: case_.preCheck!.blockers.some((b) => b.code === 'BLACKLIST'),
      penaltyFen: sumFen(quotes.flatMap((q) => (q.quote ? [q.quote.amountFen] : []))),
      waivedFen: sumFen(waiversAsked(case_).map(({ amountFen }) => amountFen)),
      refundFen: settlement.refundableFen,
      payableFen: settlement.payableFen,
      at: now,
    }),
  )
}

/**
 * What a second person looks at: by the policy, the papers of somebody who asks for the holder where their rule wants it, and a refund
 * (fen) above what its way lets one person decide.
 */
export function subjectsOf(
  case_: Case,
  rules: Result<EffectiveRules>,
  found: readonly ApprovalSubject[],
  refundFen: Fen,
): readonly ApprovalSubject[] {
  if (!case_.preCheck || !rules.ok) return found
  const subjects = new Set(found)
  if (ruleFor(rules.value, case_.asker?.kind ?? 'holder').secondPerson) subjects.add('asker')
  if (routeNeedsSecondPerson(rules.value.refundRoutes, case_.refund?.route, refundFen)) subjects.add('largeRefund')
  return [...subjects]
}

/** The approvals a case needs for these subjects, each with whether it was granted for exactly this figure (fen). */
export function approvalsOf(case_: Case, subjects: readonly ApprovalSubject[], refundFen: Fen): ApprovalNeeded[] {
  return subjects.flatMap((subject): ApprovalNeeded[] => {
    if (subject === 'waiver')
      return waiversAsked(case_).map(({ agreementId, granted, amountFen }) => ({
        subject,
        agreementId,
        amountFen,
        granted: granted !== undefined,
      }))
    if (subject === 'largeRefund')
      return [
        {
          subject,
          amountFen: refundFen,
          // Granted for this sum and no other.
          granted: case_.approvals.some((approval) => approval.subject === subject && approval.amountFen === refundFen),
        },
      ]
    return [{ subject, granted: case_.approvals.some((approval) => approval.subject === subject) }]
  })
}
