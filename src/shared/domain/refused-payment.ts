import type { OrderView } from '../protocol/changes.ts'
import { isFinal } from './order.ts'

/** A payment the payment provider does not confirm, and why. */
export interface RefusedPayment {
  amountFen: number
  method: string
  /** The provider's own code. */
  cause: string
}

/** What shows that the money was confirmed after all, or is being asked for again. */
const later: readonly string[] = [
  'paymentCorrected',
  'paymentsPosted',
  'dispatched',
  'agreementTerminated',
  'finalBill',
]

/** The payment an order waits for; undefined when it waits for none. */
export function refusedPayment(order: Pick<OrderView, 'stage' | 'events'> | undefined): RefusedPayment | undefined {
  if (!order || isFinal(order.stage)) return undefined
  const at = order.events.findLastIndex(({ code }) => code === 'paymentRefused')
  if (at < 0 || order.events.slice(at).some(({ code }) => later.includes(code))) return undefined
  const { amountFen, method, cause } = order.events[at]!.params
  return { amountFen: Number(amountFen), method: String(method), cause: String(cause) }
}
