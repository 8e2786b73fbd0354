import type { HomeAccount } from '../../../src/shared/domain/account.ts'
import { checkInvoices, invoicesConcerned } from '../../../src/shared/domain/invoice-policy.ts'
import { checkRefundRoute } from '../../../src/shared/domain/refund-routes.ts'
import type { Result } from '../../../src/shared/domain/result.ts'
import type { EffectiveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'

/**
 * Money goes back only on a way that the home province's rules leave open for the amount, and no invoice stays valid for money that
 * went back. Errors: `refund.routeClosed`, `refund.overLimit`, `invoice.missing`, `invoice.differs`.
 */
export function checkMoneyBack(
  order: OrderSubmit,
  account: HomeAccount,
  settlement: Settlement,
  rules: EffectiveRules,
): Result<undefined> {
  const { refundableFen } = settlement
  if (refundableFen > 0 && order.refund) {
    const route = checkRefundRoute(rules.refundRoutes, order.refund.route, refundableFen)
    if (!route.ok) return route
  }
  const concerned = refundableFen > 0 ? invoicesConcerned(account, rules.invoice, refundableFen) : []
  return checkInvoices(concerned, rules.invoice, order.invoices)
}
