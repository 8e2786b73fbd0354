import type { Case } from './case.ts'
import type { AskerRule } from './papers.ts'

/** Whom money goes back to: the holder, or whom the asker's rule names instead (a deceased holder's heir). */
export function refundName(case_: Case, rule: AskerRule | undefined): string | undefined {
  const holder = case_.proof?.holderName ?? case_.document?.name
  return (rule?.refund.to === 'second' ? case_.asker?.document?.name : undefined) ?? holder
}
