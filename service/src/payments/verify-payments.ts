import type { OutsideAnswer } from '../connectors/outside-call.ts'
import { liFromFen } from '../connectors/wire/li.ts'
import type { ClaimAnswer } from '../connectors/wire/payment.ts'
import type { PaymentTable, ProductOrderTable } from '../database/tables.ts'
import { again, type StepResult } from '../orders/steps/step.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

type Claimed = OutsideAnswer<Extract<ClaimAnswer, { result: 'ok' }>>

/** What the payment provider says of a payment by card or code. */
export type Standing =
  /** The money is there, or reserved and on its way. */
  | { kind: 'captured' | 'authorized' }
  /** The provider knows of no such money: the payment is none. */
  | { kind: 'refused'; code: string }
  | { kind: 'unclear' }

/** Cash lies in the till; what the home province has already got was looked at before. */
function needsNoProof(payment: PaymentTable): boolean {
  return payment.method === 'cash' || payment.posted_at !== null || payment.claim_state === 'captured'
}

function ask(context: ServiceContext, order: ProductOrderTable, payment: PaymentTable): Promise<Claimed> {
  if (payment.claim_state === 'authorized') return context.payment.claimState(payment.payment_id, order.order_id)
  const { payment_id: paymentId, authorization_code: authorizationCode } = payment
  return context.payment.claim(
    {
      paymentId,
      merchant: order.store_id,
      method: payment.method as 'card' | 'code',
      authorizationCode: authorizationCode ?? '',
      amountLi: liFromFen(payment.amount_fen),
      takenAt: payment.taken_at,
    },
    // A corrected code is another question.
    { key: `claim:${paymentId}:${authorizationCode}`, orderId: order.order_id },
  )
}

/**
 * Asks the provider about one payment of an order and writes down what it says: a fact of its own, true whatever becomes of the step.
 * Cash, and what was proved before, costs no call.
 */
export async function standingOf(
  context: ServiceContext,
  order: ProductOrderTable,
  payment: PaymentTable,
): Promise<Standing> {
  if (needsNoProof(payment)) return { kind: 'captured' }
  const answer = await ask(context, order, payment)
  if (answer.outcome === 'unavailable' || answer.outcome === 'unexpected') return { kind: 'unclear' }
  const state = answer.outcome === 'ok' ? answer.value.state : 'voided'
  const standing: Standing =
    state === 'voided'
      ? { kind: 'refused', code: answer.outcome === 'refused' ? answer.code : 'VOIDED' }
      : { kind: state }
  await context.db
    .updateTable('payment')
    .set({
      claim_state: standing.kind,
      claim_code: standing.kind === 'refused' ? standing.code : null,
      claim_reference: answer.outcome === 'ok' ? answer.value.transactionId : null,
      claimed_at: context.clock.now(),
    })
    .where('payment_id', '=', payment.payment_id)
    .execute()
  return standing
}

/** The order waits, the store's supervisors get a ticket once, and the provider is asked again: terminals report late at times. */
function waitForMoney(
  context: ServiceContext,
  order: ProductOrderTable,
  payment: PaymentTable,
  code: string,
): StepResult {
  const known = payment.claim_state === 'refused' && payment.claim_code === code
  const params = { amountFen: payment.amount_fen, method: payment.method, cause: code }
  return {
    kind: 'change',
    next: Math.min(300, context.timing.retryLongestSeconds),
    change: { events: known ? [] : [{ code: 'paymentRefused', params }] },
    also: async (tx) => {
      if (known) return
      await openTicket(tx, context, {
        storeId: order.store_id,
        kind: 'paymentRefused',
        severity: 'stops',
        orderId: order.order_id,
        caseId: order.case_id,
        params: {
          ...params,
          caseNumber: order.case_number,
          paymentId: payment.payment_id,
          receiptNumber: payment.receipt_number,
        },
      })
    },
  }
}

/**
 * Every card or code payment of an order is money the provider has captured. Otherwise the order waits, never silently: what the step
 * comes to instead is answered. Nothing of it is told to the home province before.
 */
export async function verifyPayments(
  context: ServiceContext,
  order: ProductOrderTable,
  payments: readonly PaymentTable[],
): Promise<StepResult | undefined> {
  for (const payment of payments) {
    const standing = await standingOf(context, order, payment)
    if (standing.kind === 'captured') continue
    if (standing.kind === 'refused') return waitForMoney(context, order, payment, standing.code)
    // Not the home province's doing; the timeline says so by the reason.
    return again({ outcome: 'refused', code: 'payment' })
  }
  return undefined
}
