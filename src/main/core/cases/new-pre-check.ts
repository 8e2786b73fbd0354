import type { Agreement } from '../../../shared/domain/account.ts'
import type { Case } from '../../../shared/domain/case.ts'
import type { PreCheck } from '../../../shared/protocol/identity.ts'
import { withoutSignature } from './change-case.ts'

/** The findings without the moment they were made. */
function substance(preCheck: PreCheck): string {
  const { asOf: _, ...account } = preCheck.account
  return JSON.stringify([account, preCheck.blockers])
}

/**
 * The case with a new pre-check. Where nothing changed, everything decided stands. Where something did, decisions about
 * agreements that are no longer the same, notes on findings that are gone, all approvals and the signature are void.
 */
export function keepDecisions(case_: Case, preCheck: PreCheck): Case {
  const before = case_.preCheck
  const next: Case = { ...case_, preCheck, number: preCheck.account.number }
  if (!before) return next
  if (substance(before) === substance(preCheck)) return next
  const same = (agreement: Agreement | undefined, other: Agreement | undefined) =>
    agreement !== undefined && JSON.stringify(agreement) === JSON.stringify(other)
  const agreementIn = (from: PreCheck, id: string) => from.account.agreements.find((agreement) => agreement.id === id)
  return {
    ...withoutSignature(next),
    approvals: [],
    choices: case_.choices.filter(({ agreementId }) =>
      same(agreementIn(before, agreementId), agreementIn(preCheck, agreementId)),
    ),
    acknowledgements: case_.acknowledgements.filter(({ code }) =>
      preCheck.blockers.some((blocker) => blocker.code === code),
    ),
  }
}
