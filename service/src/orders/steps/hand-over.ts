import { shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import { paymentPostedPostings } from '../../../../src/shared/domain/ledger.ts'
import { liFromFen } from '../../connectors/wire/li.ts'
import type { PaymentTable, ProductOrderTable } from '../../database/tables.ts'
import { postOrder, scopeOfOrder } from '../../ledger/post-to-ledger.ts'
import { verifyPayments } from '../../payments/verify-payments.ts'
import type { ServiceContext } from '../../service-context.ts'
import { submissionOf } from '../submission-of.ts'
import { wishedEnding } from '../wishes.ts'
import { dispatchRequest } from './dispatch-request.ts'
import { endRefused } from './end-unhappily.ts'
import { again, homeOf, type Step, type StepResult } from './step.ts'
import { endAsWished } from './wished-ending.ts'

interface StoredAllocation {
  kind: 'bill' | 'lateFee' | 'unbilled' | 'penalty'
  ref?: string
  amountFen: number
}

/** Writes down that the home province has a payment, with its postings; whoever comes second writes nothing. */
async function notePosted(
  context: ServiceContext,
  order: ProductOrderTable,
  payment: PaymentTable,
  answer: { postedAt: number; reference: string },
): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const marked = await tx
      .updateTable('payment')
      .set({ posted_at: answer.postedAt, posted_reference: answer.reference })
      .where('payment_id', '=', payment.payment_id)
      .where('posted_at', 'is', null)
      .returning('payment_id')
      .executeTakeFirst()
    if (!marked) return
    const allocations = JSON.parse(payment.allocations) as StoredAllocation[]
    const postings = paymentPostedPostings({ paymentId: payment.payment_id, allocations })
    await postOrder(tx, await scopeOfOrder(tx, order), postings, context.clock.now(), payment.payment_id)
  })
}

type Posting = { kind: 'posted'; payments: PaymentTable[] } | { kind: 'stopped'; result: StepResult }

function paymentsOf(context: ServiceContext, order: ProductOrderTable): Promise<PaymentTable[]> {
  return context.db
    .selectFrom('payment')
    .selectAll()
    .where('order_id', '=', order.order_id)
    .orderBy('payment_id')
    .execute()
}

/**
 * Posts what was paid for an order and is not posted yet, once it is known to be money. Answers all its payments, or what the step
 * comes to instead.
 */
export async function postOpenPayments(context: ServiceContext, order: ProductOrderTable): Promise<Posting> {
  const payments = await paymentsOf(context, order)
  const waits = await verifyPayments(context, order, payments)
  if (waits) return { kind: 'stopped', result: waits }
  for (const payment of payments) {
    if (payment.posted_at !== null) continue
    const allocations = JSON.parse(payment.allocations) as StoredAllocation[]
    const answer = await context.homeBss.postPayment(
      homeOf(order),
      {
        msisdn: submissionOf(order).productOrderItem[0].msisdn,
        correlatorId: payment.payment_id,
        amountLi: liFromFen(payment.amount_fen),
        allocations: allocations.map(({ amountFen, ...rest }) => ({ ...rest, amountLi: liFromFen(amountFen) })),
      },
      { key: `payment:${payment.payment_id}`, orderId: order.order_id },
    )
    if (answer.outcome === 'refused')
      return {
        kind: 'stopped',
        result: await endRefused(context, order, { code: 'USER_CAUSE_FAIL', params: { cause: answer.code } }),
      }
    if (answer.outcome !== 'ok') return { kind: 'stopped', result: again(answer) }
    // A fact of its own, true whatever becomes of this step.
    await notePosted(context, order, payment, answer.value)
  }
  return { kind: 'posted', payments }
}

/** Stage `accepted`: posts what was paid at this counter at the home province, which also resumes a line stopped for arrears. */
export const postPayments: Step = async (context, order) => {
  if (order.home_contacted_at === null) {
    const wished = wishedEnding(order)
    if (wished) return endAsWished(context, order, wished)
    if (shanghaiDate(context.clock.now()) > order.deadline) return endAsWished(context, order, 'expired')
    const waits = await verifyPayments(context, order, await paymentsOf(context, order))
    if (waits) return waits
    // Written before the first call: from here on a withdrawal has to be put to the home province.
    return { kind: 'change', next: 'now', change: { set: { home_contacted_at: context.clock.now() } } }
  }
  const posting = await postOpenPayments(context, order)
  if (posting.kind !== 'posted') return posting.result
  const { payments } = posting
  const amountFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  return {
    kind: 'change',
    next: 'now',
    change: {
      stage: 'paymentsPosted',
      events: amountFen > 0 ? [{ code: 'paymentsPosted', params: { amountFen } }] : [],
    },
  }
}

/** Stage `paymentsPosted`: hands the service order to the home province for review. */
export const dispatch: Step = async (context, order) => {
  const request = await dispatchRequest(context, order)
  const answer = await context.homeBss.dispatchOrder(homeOf(order), request, {
    key: `dispatch:${order.order_id}`,
    orderId: order.order_id,
  })
  const already =
    answer.outcome === 'refused' && answer.code === 'ALREADY_DISPATCHED' && answer.params.orderId === order.order_id
  if (answer.outcome === 'refused' && !already)
    return endRefused(context, order, { code: answer.code, params: answer.params })
  if (answer.outcome !== 'ok' && !already) return again(answer)
  const serviceOrderId = answer.outcome === 'ok' ? answer.value.serviceOrderId : undefined
  return {
    kind: 'change',
    next: wishedEnding(order) ? 'now' : context.timing.reviewPollSeconds,
    change: {
      stage: 'homeReview',
      set: { service_order_id: serviceOrderId ?? null },
      events: [{ code: 'dispatched', params: serviceOrderId ? { serviceOrderId } : {} }],
    },
  }
}
