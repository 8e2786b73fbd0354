import { z } from 'zod'
import type { Bill, HomeAccount } from './account.ts'
import { fail, ok, type Result } from './result.ts'

/** How an invoice issued before is made void: its original comes back, or the home province issues a red-letter invoice. */
export const invoiceWays = ['originalReturned', 'redLetter'] as const
export const invoiceWaySchema = z.enum(invoiceWays)
export type InvoiceWay = z.infer<typeof invoiceWaySchema>

/**
 * What happens to invoices when money goes back. An invoice is issued on payment and its name and amount may not be altered; a refund
 * after it needs the original back or a red-letter invoice (domain facts, chapter 2). How far back is not stated: an assumption.
 */
export const invoicePolicySchema = z.object({
  /** `covered`: the newest invoices, as many as the refunded balance needs; `all`: every invoice of the account; `none`. */
  concerns: z.enum(['covered', 'all', 'none']),
  ways: z.array(invoiceWaySchema).min(1),
  clause: z.object({ zh: z.string().min(1), en: z.string().min(1) }),
  source: z.object({ zh: z.string().min(1), en: z.string().min(1) }),
  assumed: z.boolean(),
})
export type InvoicePolicy = z.infer<typeof invoicePolicySchema>

/**
 * The bills whose invoices a refund makes void, newest first. Only prepaid cash counts: a deposit was never invoiced, and an unpaid
 * bill has no invoice yet. `refundableFen` is what the settlement gives back.
 */
export function invoicesConcerned(account: HomeAccount, policy: InvoicePolicy, refundableFen: number): Bill[] {
  const cashFen = account.buckets.reduce((sum, one) => sum + (one.kind === 'cash' ? one.remainingFen : 0), 0)
  let left = Math.min(cashFen, refundableFen)
  if (policy.concerns === 'none' || left <= 0) return []
  const invoiced = account.bills
    .filter((bill) => bill.invoiced && bill.unpaidFen === 0 && bill.amountFen > 0)
    .sort((a, b) => b.billingPeriod.localeCompare(a.billingPeriod) || a.id.localeCompare(b.id))
  if (policy.concerns === 'all') return invoiced
  return invoiced.filter((bill) => {
    const needed = left > 0
    left -= bill.amountFen
    return needed
  })
}

/**
 * Every invoice concerned is dealt with once, in a way the policy allows, with the amount of its bill, and no other one.
 * Errors: `invoice.missing` with `period`, `invoice.differs`.
 */
export function checkInvoices(
  concerned: readonly Bill[],
  policy: InvoicePolicy,
  invoices: readonly { billId: string; way: InvoiceWay; amountFen: number }[],
): Result<undefined> {
  for (const bill of concerned) {
    const given = invoices.filter((invoice) => invoice.billId === bill.id)
    if (given.length === 0)
      return fail('invoice.missing', { field: 'invoices', params: { period: bill.billingPeriod } })
    if (given.length > 1 || given[0]!.amountFen !== bill.amountFen || !policy.ways.includes(given[0]!.way))
      return fail('invoice.differs', { field: 'invoices', params: { period: bill.billingPeriod } })
  }
  const other = invoices.find((invoice) => !concerned.some((bill) => bill.id === invoice.billId))
  return other ? fail('invoice.differs', { field: 'invoices', params: { period: other.billId } }) : ok(undefined)
}
