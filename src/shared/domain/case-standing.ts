import type { Asker } from './asker.ts'
import type { ExplainedFinding } from './blocker-findings.ts'
import type { ApprovalNeeded } from './case-approvals.ts'
import type { AgreementQuote } from './case-quotes.ts'
import type { Fen } from './money.ts'
import type { MoneyBack } from './money-back.ts'
import type { AskerRule, ManualReason, NeededPaper } from './papers.ts'
import type { RiskFinding } from './risk-assessment.ts'
import type { Settlement } from './settlement.ts'

/** What the risk policy says of a case. */
export interface CaseRisk {
  policyVersion: string
  findings: RiskFinding[]
  /** What only the service can tell, because it counts over the whole country. */
  undecided: RiskFinding[]
  coolingOffHours: number
}

/** What follows from a case on a given instant, before it is judged what is missing. */
export interface CaseStanding {
  quotes: AgreementQuote[]
  settlement: Settlement | undefined
  /** What stands in the way, explained, what stops first. */
  findings: ExplainedFinding[]
  paidFen: Fen
  /** What goes with a refund; undefined when nothing goes back. */
  moneyBack: MoneyBack | undefined
  approvalsNeeded: ApprovalNeeded[]
  /** What the policy says of the case as far as it can be known here; the service decides with its own figures. */
  risk: CaseRisk
  /** Who asks, and the one list of papers that needs; undefined where this asker is not accepted, or no rules are in force. */
  asker: {
    kind: Asker
    rule: AskerRule | undefined
    papers: NeededPaper[] | undefined
    /** Why a document with a chip may be typed; empty where nothing need be said. */
    manualReasons: readonly ManualReason[]
  }
}
