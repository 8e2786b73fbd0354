import { type ExplainedFinding, explainFindings } from './blocker-findings.ts'
import { blockerPolicyOn } from './blocker-policy.ts'
import { shanghaiDate } from './calendar.ts'
import type { Case } from './case.ts'
import type { AgreementQuote } from './case-quotes.ts'
import { type CaseRules, rulesOfCase } from './case-rules.ts'
import type { Settlement } from './settlement.ts'

/** The findings of a case with their prices, under the rules of the day on which they were made. */
export function findingsOf(
  case_: Case,
  packs: CaseRules,
  quotes: readonly AgreementQuote[],
  settlement: Settlement | undefined,
): ExplainedFinding[] {
  if (!case_.preCheck) return []
  const { account, blockers, checkedAt } = case_.preCheck
  const on = shanghaiDate(checkedAt)
  const then = rulesOfCase(case_, packs, checkedAt)
  return explainFindings({
    blockers,
    account,
    policy: then.ok ? blockerPolicyOn(then.value.blockers, on) : undefined,
    acknowledgements: case_.acknowledgements,
    tasks: case_.tasks ?? [],
    figures: {
      lines: settlement?.lines ?? [],
      quotes: quotes.flatMap(({ agreementId, quote }) => (quote ? [{ agreementId, amountFen: quote.amountFen }] : [])),
    },
    on,
  })
}
