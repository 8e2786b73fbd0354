import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable, RefundOutTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

/** Why a refund is not settled: the provider works on it, knows nothing of what it took, or did not answer for sure. */
export type Unsettled = 'PENDING' | 'UNKNOWN_REFUND' | 'NO_ANSWER'

/**
 * What is kept of a refund that is still not settled. After `refundForgottenSeconds` of a provider that knows nothing of what it took, and
 * after `refundLateSeconds` whatever the reason, the store's supervisors get a ticket, once for each time somebody has seen to it.
 */
export async function noteHanging(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  refund: RefundOutTable,
  cause: Unsettled,
): Promise<Pick<RefundOutTable, 'forgotten_since' | 'told_at'>> {
  const now = context.clock.now()
  const { refundForgottenSeconds, refundLateSeconds } = context.timing
  // Silence in between says nothing: it is still not known there.
  const since =
    cause === 'UNKNOWN_REFUND' ? (refund.forgotten_since ?? now) : cause === 'NO_ANSWER' ? refund.forgotten_since : null
  const forgotten = cause === 'UNKNOWN_REFUND' && now - (since ?? now) >= refundForgottenSeconds * 1000
  const late = now - refund.ordered_at >= refundLateSeconds * 1000
  if (refund.told_at !== null || !(forgotten || late)) return { forgotten_since: since, told_at: refund.told_at }
  await openTicket(tx, context, {
    storeId: order.store_id,
    kind: 'refundHangs',
    severity: 'waits',
    orderId: order.order_id,
    caseId: order.case_id,
    params: {
      caseNumber: order.case_number,
      amountFen: refund.amount_fen,
      route: refund.route,
      cause,
      hours: Math.floor((now - refund.ordered_at) / 3_600_000),
    },
  })
  return { forgotten_since: since, told_at: now }
}
