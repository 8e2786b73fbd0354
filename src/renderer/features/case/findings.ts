import type { CaseView } from '../../../shared/contract/views.ts'
import type { Blocker } from '../../../shared/domain/blocker.ts'
import { resolutionOf } from '../../../shared/domain/blocker-catalogue.ts'
import { needsAcknowledgement, stopsTheCase } from '../../../shared/domain/case-progress.ts'
import { type Fen, sumFen } from '../../../shared/domain/money.ts'
import type { SettlementLine } from '../../../shared/domain/settlement.ts'

export interface GroupedFindings {
  stops: Blocker[]
  here: Blocker[]
  tell: Blocker[]
}

/** Every finding in exactly one group: stops the case, is settled in it, or is told to the customer. */
export function groupFindings(blockers: readonly Blocker[]): GroupedFindings {
  return {
    stops: blockers.filter(stopsTheCase),
    tell: blockers.filter((blocker) => !stopsTheCase(blocker) && needsAcknowledgement(blocker)),
    here: blockers.filter((blocker) => !stopsTheCase(blocker) && !needsAcknowledgement(blocker)),
  }
}

const linesOf: Partial<Record<string, readonly SettlementLine['kind'][]>> = {
  ARREARS: ['bill', 'lateFee'],
  STATE_STOP: ['bill', 'lateFee'],
  STATE_HALF_STOP: ['bill', 'lateFee'],
  UNBILLED_CURRENT: ['unbilled'],
  BALANCE_LEFT: ['cashBalance'],
  DEPOSIT_LEFT: ['deposit'],
}

/**
 * What removing a finding costs, where the case already knows: the lines of the final bill it stands for, or the quotes
 * of the agreements. Negative is what the customer gets back. Undefined where nobody has said.
 */
export function costOf(blocker: Blocker, view: CaseView): Fen | undefined {
  const { settlement, quotes } = view.progress
  const resolution = resolutionOf(blocker)
  if (resolution === 'agreements') {
    const agreementId = blocker.params.agreementId
    const meant = quotes.filter((quote) => quote.quote && (!agreementId || quote.agreementId === agreementId))
    return meant.length > 0 ? sumFen(meant.map((quote) => quote.quote!.amountFen)) : undefined
  }
  const kinds = resolution === 'settlement' ? linesOf[blocker.code] : undefined
  const lines = settlement?.lines.filter((line) => kinds?.includes(line.kind)) ?? []
  return lines.length > 0 ? sumFen(lines.map((line) => line.amountFen)) : undefined
}
