import { type Fen, fen, sumFen } from '../../../shared/domain/money.ts'
import type { Settlement, SettlementLine } from '../../../shared/domain/settlement.ts'
import type { PaymentTake } from '../../../shared/protocol/jobs.ts'

type Allocation = PaymentTake['allocations'][number]

/** Arrears first: the home province resumes and ends a line only when its bills are paid. */
const order = ['bill', 'lateFee', 'unbilled', 'penalty'] as const

/**
 * Says what a payment is for. Waivers reduce the penalty of their agreement; then the amount, together with what earlier
 * payments covered, fills bills, late fees, unbilled charges and penalties in this order, so that the holder's own credits
 * pay for what comes last. The parts sum to the amount. Amounts in fen.
 */
export function allocatePayment(settlement: Settlement, amountFen: Fen, earlier: readonly Allocation[]): Allocation[] {
  const dueOf = (line: SettlementLine): number => {
    if (line.kind !== 'penalty') return line.amountFen
    const waived = settlement.lines.filter((other) => other.kind === 'waiver' && other.ref === line.ref)
    return line.amountFen + sumFen(waived.map((other) => other.amountFen))
  }
  let left: number = amountFen
  const allocations: Allocation[] = []
  for (const kind of order)
    for (const line of settlement.lines.filter((candidate) => candidate.kind === kind)) {
      const covered = sumFen(
        earlier.filter((part) => part.kind === kind && part.ref === line.ref).map((part) => part.amountFen),
      )
      const part = Math.min(left, Math.max(0, dueOf(line) - covered))
      if (part <= 0) continue
      left -= part
      allocations.push({ kind, ...(line.ref ? { ref: line.ref } : {}), amountFen: fen(part) })
    }
  if (left !== 0) throw new RangeError(`${left} fen of a payment belong to no charge`)
  return allocations
}
