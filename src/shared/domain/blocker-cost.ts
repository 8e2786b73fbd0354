import type { Blocker } from './blocker.ts'
import { type BlockerEntry, blockerEntry } from './blocker-catalogue.ts'
import { type Fen, fen, sumFen, zeroFen } from './money.ts'
import type { SettlementLine } from './settlement.ts'

/** What removing a finding costs, and where the figure comes from. What nobody has said is said to be unknown. */
export type BlockerCost =
  | { kind: 'known'; fen: Fen; from: 'bill' | 'quote' | 'homeProvince' }
  | { kind: 'none' }
  | { kind: 'unknown' }

/** Figures a case knows by now. */
export interface KnownFigures {
  lines: readonly Pick<SettlementLine, 'kind' | 'amountFen'>[]
  quotes: readonly { agreementId: string; amountFen: Fen }[]
}

const linesOf: Partial<Record<string, readonly SettlementLine['kind'][]>> = {
  ARREARS: ['bill', 'lateFee'],
  STATE_STOP: ['bill', 'lateFee'],
  STATE_HALF_STOP: ['bill', 'lateFee'],
  UNBILLED_CURRENT: ['unbilled'],
  BALANCE_LEFT: ['cashBalance'],
  DEPOSIT_LEFT: ['deposit'],
}

/** Amounts a home province names in its own finding: a debt, or what the customer gets back. */
function named(blocker: Blocker): Fen | undefined {
  const owed =
    blocker.params.unpaidFen ?? blocker.params.unbilledFen ?? blocker.params.feeFen ?? blocker.params.amountFen
  const due = blocker.params.cashFen ?? blocker.params.depositFen
  if (typeof owed === 'number') return fen(owed)
  return typeof due === 'number' ? fen(-due) : undefined
}

/**
 * The price of removing a finding: from the final bill, from the quotes of its agreements, or as the home province said.
 * Negative is what the customer gets back. Never a guess.
 */
export function costOf(
  blocker: Blocker,
  resolution: BlockerEntry['resolution'],
  figures: KnownFigures | undefined,
): BlockerCost {
  const kinds = resolution === 'settlement' ? linesOf[blocker.code] : undefined
  const lines = figures?.lines.filter((line) => kinds?.includes(line.kind)) ?? []
  if (lines.length > 0) return { kind: 'known', fen: sumFen(lines.map((line) => line.amountFen)), from: 'bill' }
  if (resolution === 'agreements') {
    const { agreementId } = blocker.params
    const quotes = figures?.quotes.filter((quote) => agreementId === undefined || quote.agreementId === agreementId)
    return quotes && quotes.length > 0
      ? { kind: 'known', fen: sumFen(quotes.map((quote) => quote.amountFen)), from: 'quote' }
      : { kind: 'unknown' }
  }
  const said = named(blocker)
  if (said !== undefined) return { kind: 'known', fen: said, from: 'homeProvince' }
  return blockerEntry(blocker.code)?.cost === 'none' ? { kind: 'none' } : { kind: 'unknown' }
}

/** The sum of what is known, each bill line and quote once, and how many prices nobody has said. */
export function totalCost(
  findings: readonly { code: string; resolution: BlockerEntry['resolution']; cost: BlockerCost }[],
): { knownFen: Fen; unknown: number } {
  // Arrears and the stop they caused are one debt.
  const arrears = findings.some((finding) => finding.code === 'ARREARS')
  const counted = findings.filter(
    (finding) => !(arrears && finding.resolution === 'settlement' && finding.code.startsWith('STATE_')),
  )
  const known = counted.flatMap(({ cost }) => (cost.kind === 'known' ? [cost.fen] : []))
  return {
    knownFen: known.length > 0 ? sumFen(known) : zeroFen,
    unknown: counted.filter(({ cost }) => cost.kind === 'unknown').length,
  }
}
