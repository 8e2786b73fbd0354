import type { OrderView } from '../protocol/changes.ts'

/** Why an order waits after its agreements were ended: the home province does not make an invoice void. */
export const invoiceRefusedCode = 'INVOICE_REFUSED'

export interface RefusedInvoice {
  billId: string
  /** As it was handed in last. */
  invoiceNumber: string
  /** The home province's own code. */
  cause: string
}

/** The invoice an order waits for to be corrected; undefined when it waits for none. */
export function refusedInvoice(
  order: Pick<OrderView, 'stage' | 'returnedFor'> | undefined,
): RefusedInvoice | undefined {
  if (order?.stage !== 'agreementsTerminated' || order.returnedFor?.code !== invoiceRefusedCode) return undefined
  const { billId, invoiceNumber, cause } = order.returnedFor.params
  return { billId: String(billId), invoiceNumber: String(invoiceNumber), cause: String(cause) }
}
