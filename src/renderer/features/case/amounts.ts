import { type Fen, parseDecimal, parseYuan, sumFen } from '../../../shared/domain/money.ts'
import type { Settlement, SettlementLine } from '../../../shared/domain/settlement.ts'

/** Lines of one kind as the stub shows them: how many, together how much. */
export interface AmountGroup {
  kind: SettlementLine['kind']
  lines: SettlementLine[]
  amountFen: Fen
}

const order: readonly SettlementLine['kind'][] = [
  'bill',
  'lateFee',
  'unbilled',
  'penalty',
  'waiver',
  'cashBalance',
  'deposit',
  'giftForfeited',
]

/** The final bill grouped by kind in the order of the receipt; kinds without a line are left out. */
export function groupLines(settlement: Settlement): AmountGroup[] {
  return order.flatMap((kind) => {
    const lines = settlement.lines.filter((line) => line.kind === kind)
    return lines.length > 0 ? [{ kind, lines, amountFen: sumFen(lines.map((line) => line.amountFen)) }] : []
  })
}

/** A rate such as `0.003` in per mille, `3`; exact for the decimals a rule pack may contain. */
export function perMille(rate: string): string {
  const decimal = parseDecimal(rate)
  if (!decimal) return rate
  const scaled = decimal.numerator * 1000n
  const whole = scaled / decimal.denominator
  const rest = scaled % decimal.denominator
  if (rest === 0n) return String(whole)
  const digits = String(decimal.denominator).length - 1
  return `${whole}.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`
}

/** What is to be taken now: all that is due, or the part that was typed; undefined while the text is no amount up to `due`. */
export function amountToTake(typed: string, due: Fen): Fen | undefined {
  if (typed.trim() === '') return due
  const amount = parseYuan(typed)
  return amount !== undefined && amount > 0 && amount <= due ? amount : undefined
}

/**
 * What goes back to the customer from the cash on the counter; undefined while the text is no amount or too little.
 * `due` in fen. Only a help for counting: what is booked is what the case says is due.
 */
export function changeFor(tendered: string, due: Fen): Fen | undefined {
  const given = parseYuan(tendered)
  if (given === undefined) return undefined
  const change = sumFen([given, -due as Fen])
  return change < 0 ? undefined : change
}
