import { z } from 'zod'
import type { Bill } from './account.ts'
import { daysBetween, type ShanghaiDate } from './calendar.ts'
import { type Fen, multiplyRatio, parseDecimal, zeroFen } from './money.ts'

/**
 * The late fee as data. 3‰ per day of the arrears (Telecommunications Regulations, 2000, article 35). Rounding and compounding
 * are not stated there: simple, half-up to the fen, per bill is an assumption and shown as one.
 */
export const lateFeeRuleSchema = z.object({
  ratePerDay: z.string().refine((text) => parseDecimal(text) !== undefined),
  clause: z.object({ zh: z.string(), en: z.string() }),
  assumption: z.object({ zh: z.string(), en: z.string() }),
})
export type LateFeeRule = z.infer<typeof lateFeeRuleSchema>

export interface LateFee {
  billId: string
  billingPeriod: string
  unpaidFen: Fen
  daysLate: number
  ratePerDay: string
  amountFen: Fen
}

/** Late fee of one bill on a day, in fen; zero while the bill is not late. */
export function lateFeeOf(bill: Bill, rule: LateFeeRule, on: ShanghaiDate): LateFee {
  const daysLate = Math.max(0, daysBetween(bill.paymentDueDate, on))
  const rate = parseDecimal(rule.ratePerDay)!
  const amountFen =
    bill.unpaidFen > 0 ? multiplyRatio(bill.unpaidFen, rate.numerator * BigInt(daysLate), rate.denominator) : zeroFen
  return {
    billId: bill.id,
    billingPeriod: bill.billingPeriod,
    unpaidFen: bill.unpaidFen,
    daysLate,
    ratePerDay: rule.ratePerDay,
    amountFen,
  }
}
