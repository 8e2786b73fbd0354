import { callOutside, type OutsidePorts } from './outside-call.ts'
import {
  type ClaimRequest,
  claimAnswerSchema,
  claimStateSchema,
  type RefundOutRequest,
  type ReturnRequest,
  refundOutAnswerSchema,
  refundOutStateSchema,
  returnAnswerSchema,
  returnStateSchema,
} from './wire/payment.ts'

/**
 * The payment provider over HTTP: whether an authorisation taken at a counter is real, and money out to cards. Money is li, as on the
 * wire; callers convert. The same key is the same claim or refund.
 */
export function createPaymentConnector(ports: OutsidePorts, address: string) {
  const base = address.replace(/\/$/, '')
  const target = 'payment'
  return {
    claim: (request: ClaimRequest, effect: { key: string; orderId: string }) =>
      callOutside(ports, {
        target,
        operation: 'claims',
        url: `${base}/claims`,
        method: 'POST',
        body: request,
        ...effect,
        answer: claimAnswerSchema,
      }),
    claimState: (paymentId: string, orderId: string) =>
      callOutside(ports, {
        target,
        operation: 'claims.state',
        url: `${base}/claims/${encodeURIComponent(paymentId)}`,
        method: 'GET',
        about: paymentId,
        orderId,
        answer: claimStateSchema,
      }),
    claimReturn: (request: ReturnRequest, effect: { key: string; orderId?: string }) =>
      callOutside(ports, {
        target,
        operation: 'returns',
        url: `${base}/returns`,
        method: 'POST',
        body: request,
        ...effect,
        answer: returnAnswerSchema,
      }),
    returnState: (refundId: string, orderId: string | undefined) =>
      callOutside(ports, {
        target,
        operation: 'returns.state',
        url: `${base}/returns/${encodeURIComponent(refundId)}`,
        method: 'GET',
        about: refundId,
        orderId,
        answer: returnStateSchema,
      }),
    refund: (request: RefundOutRequest, effect: { key: string; orderId: string }) =>
      callOutside(ports, {
        target,
        operation: 'refunds',
        url: `${base}/refunds`,
        method: 'POST',
        body: request,
        ...effect,
        answer: refundOutAnswerSchema,
      }),
    refundState: (refundId: string, orderId: string) =>
      callOutside(ports, {
        target,
        operation: 'refunds.state',
        url: `${base}/refunds/${encodeURIComponent(refundId)}`,
        method: 'GET',
        about: refundId,
        orderId,
        answer: refundOutStateSchema,
      }),
  }
}
export type PaymentConnector = ReturnType<typeof createPaymentConnector>
