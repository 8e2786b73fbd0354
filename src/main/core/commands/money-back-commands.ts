import type { Case } from '../../../shared/domain/case.ts'
import { owedHere } from '../../../shared/domain/money-back.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { givenBack } from '../../../shared/domain/standing-payments.ts'
import type { RefundPay } from '../../../shared/protocol/jobs.ts'
import { readOrder } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../storage/store.ts'
import type { Handler } from './handler.ts'

const needsCode = (method: RefundPay['method'], code: string | undefined) =>
  method !== 'cash' && (code === undefined || code.length < 4)

/** Writes down money that was handed out, with its job in the same transaction; returns the case with it. */
async function writeRefund(
  { ports, outbox }: Context,
  tx: Transaction,
  case_: Case,
  staffId: string,
  handedOut: Pick<RefundPay, 'paymentId' | 'orderId' | 'method' | 'amountFen' | 'reason' | 'paidAt'> & {
    authorizationCode: string | undefined
  },
): Promise<Case> {
  const { caseId, msisdn, caseNumber, refundsPaid } = case_
  const { authorizationCode, ...what } = handedOut
  const refund: RefundPay = {
    refundId: ports.ids.uuid(),
    caseId,
    msisdn,
    ...what,
    ...(authorizationCode === undefined ? {} : { authorizationCode }),
    receiptNumber: `${caseNumber}-R${refundsPaid.length + 1}`,
  }
  await outbox.enqueue(tx, { lane: caseId, msisdn, kind: 'refund.pay', payload: refund, staffId })
  return { ...case_, refundsPaid: [...refundsPaid, refund] }
}

/**
 * Gives back a payment of a case that was not submitted: whole, on the way it was paid, with its job in one transaction. Errors:
 * `payment.notNeeded` (no such payment, or given back already), `payment.authorizationMissing`.
 */
export const giveBack: Handler<'case.giveBack'> = async (input, context, staff) => {
  const { caseId, paymentId, reason } = input
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
      const what = { paymentId, reason, method, amountFen, authorizationCode, paidAt: now }
      return ok(await writeRefund(context, tx, case_, staff.staffId, what))
    },
  )
}

/**
 * Hands the customer what an order left owing at this counter: a reversed payment, or a refund in cash. Never more than is owed and
 * not handed out yet. Errors: `case.notSubmitted`, `refund.notOwed`, `payment.authorizationMissing`.
 */
export const payRefund: Handler<'order.payRefund'> = async (input, context, staff) => {
  const { caseId, method, amountFen } = input
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
      const what = { orderId: order.orderId, reason: order.stage, method, amountFen, authorizationCode, paidAt: now }
      return ok(await writeRefund(context, tx, case_, staff.staffId, what))
    },
  )
}
