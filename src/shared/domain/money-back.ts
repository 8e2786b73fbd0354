import type { OrderView } from '../protocol/changes.ts'
import type { Bill, HomeAccount } from './account.ts'
import type { Case } from './case.ts'
import { type InvoicePolicy, invoicesConcerned } from './invoice-policy.ts'
import { type Fen, fen } from './money.ts'
import { type RefundOption, refundOptions } from './refund-routes.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'
import type { Settlement } from './settlement.ts'

/** What goes with money that goes back: the ways it can take, and the invoices it makes void. */
export interface MoneyBack {
  options: RefundOption[]
  /** Bills whose invoices must be returned or red-lettered, newest first. */
  invoices: Bill[]
  invoicePolicy: InvoicePolicy
}

/** Ways and invoices for what a settlement gives back; undefined when it gives nothing back. */
export function moneyBackOf(
  account: HomeAccount,
  settlement: Settlement,
  rules: Pick<EffectiveRules, 'refundRoutes' | 'invoice'>,
): MoneyBack | undefined {
  const { refundableFen } = settlement
  if (refundableFen <= 0) return undefined
  return {
    options: refundOptions(rules.refundRoutes, refundableFen),
    invoices: invoicesConcerned(account, rules.invoice, refundableFen),
    invoicePolicy: rules.invoice,
  }
}

/** What this counter still has to hand to the customer of a submitted case: what the service knows less what it has not heard of yet. */
export function owedHere(case_: Pick<Case, 'refundsPaid'>, order: OrderView | undefined): Fen {
  const owed = order?.owedHereFen ?? 0
  const heard = new Set(
    order?.events.flatMap((event) => (event.code === 'refundPaid' ? [event.params.receiptNumber] : [])),
  )
  const unheard = case_.refundsPaid
    .filter((refund) => refund.orderId !== undefined && !heard.has(refund.receiptNumber))
    .reduce((sum, refund) => sum + refund.amountFen, 0)
  return fen(Math.max(0, owed - unheard))
}
