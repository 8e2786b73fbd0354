import type { PaymentTake } from '../protocol/jobs.ts'
import type { Case } from './case.ts'

/** Payments of a case that still count: those that were given back are kept for the record only. */
export function standingPayments(case_: Pick<Case, 'payments' | 'refundsPaid'>): PaymentTake[] {
  return case_.payments.filter((payment) => !givenBack(case_, payment.paymentId))
}

/** True when a payment was handed back to the customer. */
export function givenBack(case_: Pick<Case, 'refundsPaid'>, paymentId: string): boolean {
  return case_.refundsPaid.some((refund) => refund.paymentId === paymentId)
}
