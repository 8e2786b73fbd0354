import { z } from 'zod'
import type { HomeAccount } from './account.ts'
import type { ShanghaiDate } from './calendar.ts'
import { type LateFeeRule, lateFeeOf } from './late-fee.ts'
import { type Fen, fen, sumFen, zeroFen } from './money.ts'
import type { PenaltyQuote } from './penalty-quote.ts'
import { fenSchema } from './scalars.ts'

/** A line of the final bill. Charges are positive, credits negative; gifts are shown and forfeited, so they count zero. */
export const settlementLineSchema = z.object({
  /** TM Forum: appliedPenaltyCharge for penalties, appliedBillingCharge and appliedBillingCredit for the rest. */
  kind: z.enum(['bill', 'lateFee', 'unbilled', 'penalty', 'waiver', 'cashBalance', 'deposit', 'giftForfeited']),
  /** The bill, agreement or bucket it comes from. */
  ref: z.string().optional(),
  amountFen: fenSchema,
  detail: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
})
export type SettlementLine = z.infer<typeof settlementLineSchema>

export const settlementSchema = z.object({
  lines: z.array(settlementLineSchema),
  /** Sum of the lines: positive is what the customer pays, negative what is refunded. */
  totalFen: fenSchema,
  payableFen: fenSchema,
  refundableFen: fenSchema,
})
export type Settlement = z.infer<typeof settlementSchema>

export interface GrantedWaiver {
  agreementId: string
  waivedFen: Fen
}

/**
 * The final bill on demand: unpaid bills with late fee each, unbilled charges, penalties less granted waivers, then cash
 * balances and deposit as credits. Gift buckets are listed at zero because they cannot be returned (domain facts, chapter 3).
 * Half-up per line happens where the lines are computed; the total is their plain sum. Order of agreements does not matter.
 */
export function settle(request: {
  account: HomeAccount
  quotes: readonly PenaltyQuote[]
  waivers: readonly GrantedWaiver[]
  lateFee: LateFeeRule
  on: ShanghaiDate
}): Settlement {
  const { account, lateFee, on } = request
  const lines: SettlementLine[] = []
  for (const bill of account.bills.filter((b) => b.unpaidFen > 0)) {
    lines.push({ kind: 'bill', ref: bill.id, amountFen: bill.unpaidFen, detail: { billingPeriod: bill.billingPeriod } })
    const fee = lateFeeOf(bill, lateFee, on)
    if (fee.amountFen > 0)
      lines.push({
        kind: 'lateFee',
        ref: bill.id,
        amountFen: fee.amountFen,
        detail: {
          billingPeriod: bill.billingPeriod,
          unpaidFen: bill.unpaidFen,
          daysLate: fee.daysLate,
          ratePerDay: fee.ratePerDay,
        },
      })
  }
  if (account.unbilledFen > 0) lines.push({ kind: 'unbilled', amountFen: account.unbilledFen, detail: {} })
  for (const quote of request.quotes) {
    lines.push({
      kind: 'penalty',
      ref: quote.agreementId,
      amountFen: quote.amountFen,
      detail: { name: quote.agreementName },
    })
    const waived = request.waivers.find((waiver) => waiver.agreementId === quote.agreementId)
    if (waived && waived.waivedFen > 0)
      lines.push({
        kind: 'waiver',
        ref: quote.agreementId,
        amountFen: fen(-Math.min(waived.waivedFen, quote.amountFen)),
        detail: { name: quote.agreementName },
      })
  }
  for (const bucket of account.buckets) {
    if (bucket.remainingFen <= 0) continue
    lines.push(
      bucket.kind === 'cash'
        ? { kind: 'cashBalance', ref: bucket.id, amountFen: fen(-bucket.remainingFen), detail: { name: bucket.name } }
        : {
            kind: 'giftForfeited',
            ref: bucket.id,
            amountFen: zeroFen,
            detail: { name: bucket.name, forfeitedFen: bucket.remainingFen },
          },
    )
  }
  if (account.depositFen > 0) lines.push({ kind: 'deposit', amountFen: fen(-account.depositFen), detail: {} })
  const totalFen = sumFen(lines.map((line) => line.amountFen))
  return { lines, totalFen, payableFen: fen(Math.max(0, totalFen)), refundableFen: fen(Math.max(0, -totalFen)) }
}
