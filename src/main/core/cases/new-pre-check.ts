import type { Agreement } from '../../../shared/domain/account.ts'
import { canonicalFinding } from '../../../shared/domain/blocker.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { taskKey, tasksOf } from '../../../shared/domain/task.ts'
import type { PreCheck } from '../../../shared/protocol/identity.ts'
import { withoutSignature } from './without-signature.ts'

/** The findings without the moment they were made. */
function substance(preCheck: PreCheck): string {
  const { asOf: _, ...account } = preCheck.account
  return JSON.stringify([account, preCheck.blockers.map(canonicalFinding).sort()])
}

type Said = Case['acknowledgements'][number]

/** What was told stays told; what a supervisor decided was about one finding, and about no other of the same kind. */
function stillSaid({ code, level }: Said, before: PreCheck, preCheck: PreCheck): boolean {
  const found = preCheck.blockers.filter((blocker) => blocker.code === code)
  if (level !== 'supervisor') return found.length > 0
  const decided = before.blockers.filter((blocker) => blocker.code === code).map(canonicalFinding)
  return found.length > 0 && found.every((blocker) => decided.includes(canonicalFinding(blocker)))
}

type Gone = NonNullable<Case['goneFindings']>

/** What has gone since the pre-check before, beside what had gone earlier and has not come back. */
function goneFindings(earlier: Gone, before: PreCheck, preCheck: PreCheck): Gone {
  const present = new Set(preCheck.blockers.map(({ code }) => code))
  const gone = before.blockers.map((blocker) => ({ ...blocker, goneAt: preCheck.checkedAt }))
  const byCode = new Map([...earlier, ...gone].map((blocker) => [blocker.code, blocker]))
  return [...byCode.values()].filter(({ code }) => !present.has(code))
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
    acknowledgements: case_.acknowledgements.filter((said) => stillSaid(said, before, preCheck)),
    tasks: (case_.tasks ?? []).filter((record) =>
      tasksOf(preCheck.blockers, preCheck.account, []).some((task) => taskKey(task) === taskKey(record)),
    ),
    goneFindings: goneFindings(case_.goneFindings ?? [], before, preCheck),
  }
}
