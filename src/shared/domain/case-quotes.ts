import type { Instant } from './calendar.ts'
import type { Case } from './case.ts'
import { devicesReturnedOf } from './case-rules.ts'
import { type Fen, zeroFen } from './money.ts'
import { type PenaltyQuote, quotePenalty } from './penalty-quote.ts'
import type { Failure, Result } from './result.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'

/** A quote beside its agreement, or the reason why there is none. */
export interface AgreementQuote {
  agreementId: string
  quote?: PenaltyQuote
  error?: Failure
  waivedFen: Fen
  /** It was chosen, or shown before a choice, at another price: which, and whether other rules or the calendar have changed it. */
  changed?: { fromFen: Fen; because: 'rules' | 'time' | 'rulesBeforeChoice' } | undefined
}

/** What the customer was told when they chose, or at the pre-check before a choice, if it is another figure now. */
function changeSince(
  { shownQuotes }: Case,
  choice: Case['choices'][number] | undefined,
  quote: PenaltyQuote,
): AgreementQuote['changed'] {
  const told = choice ? choice.quoted : shownQuotes?.find(({ agreementId }) => agreementId === quote.agreementId)
  if (!told || told.amountFen === quote.amountFen) return undefined
  const versions = (packs: readonly { id: string; version: string }[]) =>
    packs.map(({ id, version }) => `${id} ${version}`).join(' ')
  const byRules = versions(told.packs) !== versions(quote.packs)
  if (choice) return { fromFen: told.amountFen, because: byRules ? 'rules' : 'time' }
  // Before a choice the figure also follows every device that comes back: only other rules are news then.
  return byRules ? { fromFen: told.amountFen, because: 'rulesBeforeChoice' } : undefined
}

/** What each agreement of a case costs at an instant, less what was waived; an agreement no rule can price says why. */
export function quotesOf(case_: Case, rules: Result<EffectiveRules>, now: Instant): AgreementQuote[] {
  const account = case_.preCheck?.account
  if (!account) return []
  return account.agreements.map((agreement) => {
    const choice = case_.choices.find((c) => c.agreementId === agreement.id)
    const devicesReturned = devicesReturnedOf(case_, agreement)
    const result = rules.ok ? quotePenalty({ agreement, rules: rules.value, at: now, devicesReturned }) : rules
    const granted = case_.approvals.find((a) => a.subject === 'waiver' && a.agreementId === agreement.id)
    const waivedFen = choice?.option === 'waiver' && granted?.waivedFen ? granted.waivedFen : zeroFen
    if (!result.ok) return { agreementId: agreement.id, error: result.error, waivedFen: zeroFen }
    const changed = changeSince(case_, choice, result.value)
    return { agreementId: agreement.id, quote: result.value, waivedFen, ...(changed ? { changed } : {}) }
  })
}
