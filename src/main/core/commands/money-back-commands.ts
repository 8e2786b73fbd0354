import { owedHere } from '../../../shared/domain/money-back.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { givenBack } from '../../../shared/domain/standing-payments.ts'
import type { RefundPay } from '../../../shared/protocol/jobs.ts'
import { readOrder } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Handler } from './handler.ts'

const needsCode = (method: RefundPay['method'], code: string | undefined) =>
  method !== 'cash' && (code === undefined || code.length < 4)

/**
 * Gives back a payment of a case that was not submitted: whole, on the way it was paid, with its job in one transaction. Errors:
 * `payment.notNeeded` (no such payment, or given back already), `payment.authorizationMissing`.
 */
export const giveBack: Handler<'case.giveBack'> = async (input, context, staff) => {
  const { caseId, paymentId, reason } = input
  const { ports, outbox } = context
  return changeCase(
    context,
    { caseId, action: 'case.giveBack', staff, details: { paymentId } },
    async (case_, tx, now) => {
      const payment = case_.payments.find((taken) => taken.paymentId === paymentId)
      if (!payment || givenBack(case_, paymentId)) return fail('payment.notNeeded', { field: 'paymentId' })
      const { method, amountFen } = payment
      const authorizationCode = method === 'cash' ? undefined : input.authorizationCode
      if (needsCode(method, authorizationCode))
        return fail('payment.authorizationMissing', { field: 'authorizationCode' })
      const refund: RefundPay = {
        refundId: ports.ids.uuid(),
        caseId,
        msisdn: case_.msisdn,
        paymentId,
        method,
        amountFen,
        ...(authorizationCode === undefined ? {} : { authorizationCode }),
        receiptNumber: `${case_.caseNumber}-R${case_.refundsPaid.length + 1}`,
        reason,
        paidAt: now,
      }
      await outbox.enqueue(tx, {
        lane: caseId,
        msisdn: case_.msisdn,
        kind: 'refund.pay',
        payload: refund,
        staffId: staff.staffId,
      })
      return ok({ ...case_, refundsPaid: [...case_.refundsPaid, refund] })
    },
  )
}

/**
 * Hands the customer what an order left owing at this counter: a reversed payment, or a refund in cash. Never more than is owed and
 * not handed out yet. Errors: `case.notSubmitted`, `refund.notOwed`, `payment.authorizationMissing`.
 */
export const payRefund: Handler<'order.payRefund'> = async (input, context, staff) => {
  const { caseId, method, amountFen } = input
  const { ports, outbox } = context
  return changeCase(
    context,
    { caseId, action: 'order.payRefund', staff, state: 'submitted', details: { method, amountFen } },
    async (case_, tx, now) => {
      const order = await readOrder(tx, caseId)
      const owedFen = owedHere(case_, order)
      if (!order || amountFen <= 0 || amountFen > owedFen)
        return fail('refund.notOwed', { field: 'amountFen', params: { owedFen, amountFen } })
      const authorizationCode = method === 'cash' ? undefined : input.authorizationCode
      if (needsCode(method, authorizationCode))
        return fail('payment.authorizationMissing', { field: 'authorizationCode' })
      const refund: RefundPay = {
        refundId: ports.ids.uuid(),
        caseId,
        msisdn: case_.msisdn,
        orderId: order.orderId,
        method,
        amountFen,
        ...(authorizationCode === undefined ? {} : { authorizationCode }),
        receiptNumber: `${case_.caseNumber}-R${case_.refundsPaid.length + 1}`,
        reason: order.stage,
        paidAt: now,
      }
      await outbox.enqueue(tx, {
        lane: caseId,
        msisdn: case_.msisdn,
        kind: 'refund.pay',
        payload: refund,
        staffId: staff.staffId,
      })
      return ok({ ...case_, refundsPaid: [...case_.refundsPaid, refund] })
    },
  )
}
