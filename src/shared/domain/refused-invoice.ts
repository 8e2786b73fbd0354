import type { OrderView } from '../protocol/changes.ts'

/** Why an order waits after its agreements were ended: the home province does not make an invoice void. */
export const invoiceRefusedCode = 'INVOICE_REFUSED'

export interface RefusedInvoice {
  billId: string
  /** As it was handed in last. */
  invoiceNumber: string
  /** As it was signed, in fen; absent in what a service before this version wrote down. */
  amountFen?: number
  /** The home province's own code. */
  cause: string
}

/** The invoice an order waits for to be corrected; undefined when it waits for none. */
export function refusedInvoice(
  order: Pick<OrderView, 'stage' | 'returnedFor'> | undefined,
): RefusedInvoice | undefined {
  if (order?.stage !== 'agreementsTerminated' || order.returnedFor?.code !== invoiceRefusedCode) return undefined
  const { billId, invoiceNumber, amountFen, cause } = order.returnedFor.params
  return {
    billId: String(billId),
    invoiceNumber: String(invoiceNumber),
    ...(typeof amountFen === 'number' ? { amountFen } : {}),
    cause: String(cause),
  }
}
