import { liFromFen } from '../../connectors/wire/li.ts'
import type { PaymentTable, ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import type { NewEvent, OrderChange } from '../change-order.ts'
import { queueSms, type SmsTemplate } from '../queue-sms.ts'
import { again, homeOf, type StepResult } from './step.ts'

/** What has to go back of one payment: the penalty when it was posted (debts stay paid), all of it when it never was. */
function amountToReverse(payment: PaymentTable): number {
  if (payment.posted_at === null) return payment.amount_fen
  const allocations = JSON.parse(payment.allocations) as { kind: string; amountFen: number }[]
  return allocations
    .filter((allocation) => allocation.kind === 'penalty')
    .reduce((sum, allocation) => sum + allocation.amountFen, 0)
}

/**
 * Ends an order without cancelling the number: takes penalties back at the home province, then closes. The compensation is keyed by
 * payment, so a second attempt after a crash reverses nothing twice.
 */
export async function endUnhappily(
  context: ServiceContext,
  order: ProductOrderTable,
  ending: {
    stage: 'refused' | 'withdrawn' | 'expired'
    event: NewEvent
    set?: OrderChange['set']
  },
): Promise<StepResult> {
  const payments = await context.db
    .selectFrom('payment')
    .selectAll()
    .where('order_id', '=', order.order_id)
    .where('reversed_at', 'is', null)
    .orderBy('payment_id')
    .execute()
  const reversals: { paymentId: string; amountFen: number }[] = []
  for (const payment of payments) {
    const amountFen = amountToReverse(payment)
    if (amountFen === 0) continue
    if (payment.posted_at !== null) {
      const answer = await context.homeBss.reversePayment(
        homeOf(order),
        payment.payment_id,
        { amountLi: liFromFen(amountFen), reason: ending.stage },
        { key: `reversal:${payment.payment_id}`, orderId: order.order_id },
      )
      if (answer.outcome !== 'ok') return again(answer)
    }
    reversals.push({ paymentId: payment.payment_id, amountFen })
  }
  const reversedFen = reversals.reduce((sum, reversal) => sum + reversal.amountFen, 0)
  const template: SmsTemplate = ending.stage
  return {
    kind: 'change',
    next: 'never',
    change: {
      stage: ending.stage,
      set: { ...ending.set, resupply_by: null, withdraw_requested_at: null },
      events: [
        ending.event,
        ...(reversedFen > 0 ? [{ code: 'paymentReversed' as const, params: { amountFen: reversedFen } }] : []),
      ],
    },
    also: async (tx, changed) => {
      for (const reversal of reversals)
        await tx
          .updateTable('payment')
          .set({ reversed_at: context.clock.now(), reversed_fen: reversal.amountFen })
          .where('payment_id', '=', reversal.paymentId)
          .execute()
      await queueSms(tx, context, changed, template)
    },
  }
}

/** Ends an order the home province refused. */
export function endRefused(
  context: ServiceContext,
  order: ProductOrderTable,
  reason: { code: string; params: Record<string, string | number> },
): Promise<StepResult> {
  return endUnhappily(context, order, {
    stage: 'refused',
    event: { code: 'refused', params: { reason: reason.code, ...reason.params } },
    set: { refused_for: JSON.stringify(reason) },
  })
}
