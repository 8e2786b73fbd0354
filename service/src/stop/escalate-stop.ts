import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { queueSms } from '../orders/queue-sms.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

/**
 * A stop that came after the point of no return: the holder is told so, and the store's supervisors get a ticket. In the caller's
 * transaction, after the audit chain.
 */
export async function escalateLateStop(tx: Tx, context: ServiceContext, order: ProductOrderTable): Promise<void> {
  await queueSms(tx, context, order, 'stopTooLate')
  await openTicket(tx, context, {
    storeId: order.store_id,
    kind: 'stopTooLate',
    severity: 'stops',
    orderId: order.order_id,
    caseId: order.case_id,
    params: { caseNumber: order.case_number, ending: order.msisdn.slice(-4) },
  })
}
