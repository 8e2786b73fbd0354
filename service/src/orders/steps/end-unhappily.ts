import { paymentReversedPostings, paymentVoidedPostings } from '../../../../src/shared/domain/ledger.ts'
import { fen } from '../../../../src/shared/domain/money.ts'
import { liFromFen } from '../../connectors/wire/li.ts'
import type { Tx } from '../../database/handle.ts'
import type { PaymentTable, ProductOrderTable } from '../../database/tables.ts'
import { postOrder, scopeOfOrder } from '../../ledger/post-to-ledger.ts'
import { standingOf } from '../../payments/verify-payments.ts'
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

interface Reversal {
  paymentId: string
  amountFen: number
  wasPosted: boolean
}

async function noteReversed(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  reversals: readonly Reversal[],
): Promise<void> {
  const now = context.clock.now()
  const scope = await scopeOfOrder(tx, order)
  for (const { paymentId, amountFen, wasPosted } of reversals) {
    await tx
      .updateTable('payment')
      .set({ reversed_at: now, reversed_fen: amountFen })
      .where('payment_id', '=', paymentId)
      .execute()
    const postings = paymentReversedPostings({ paymentId, amountFen: fen(amountFen), wasPosted })
    await postOrder(tx, scope, postings, now, paymentId)
  }
}

async function noteVoided(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  voided: readonly PaymentTable[],
): Promise<void> {
  const now = context.clock.now()
  const scope = await scopeOfOrder(tx, order)
  for (const { payment_id: paymentId, amount_fen, method } of voided) {
    await tx.updateTable('payment').set({ voided_at: now }).where('payment_id', '=', paymentId).execute()
    const postings = paymentVoidedPostings({ paymentId, method: method as 'card' | 'code', amountFen: fen(amount_fen) })
    await postOrder(tx, scope, postings, now, paymentId)
  }
}

/**
 * Ends an order without cancelling the number: takes penalties back at the home province, then closes. The compensation is keyed by
 * payment, so a second attempt after a crash reverses nothing twice. A payment the provider does not know was none: it is struck
 * out, and nobody is owed anything of it.
 */
export async function endUnhappily(
  context: ServiceContext,
  order: ProductOrderTable,
  ending: {
    stage: 'refused' | 'withdrawn' | 'stopped' | 'expired'
    event: NewEvent
    set?: OrderChange['set']
  },
): Promise<StepResult> {
  const payments = await context.db
    .selectFrom('payment')
    .selectAll()
    .where('order_id', '=', order.order_id)
    .where('reversed_at', 'is', null)
    .where('voided_at', 'is', null)
    .orderBy('payment_id')
    .execute()
  const reversals: Reversal[] = []
  const voided: PaymentTable[] = []
  for (const payment of payments) {
    const standing = await standingOf(context, order, payment)
    if (standing.kind === 'unclear') return again({ outcome: 'refused', code: 'payment' })
    if (standing.kind === 'refused') {
      voided.push(payment)
      continue
    }
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
    reversals.push({ paymentId: payment.payment_id, amountFen, wasPosted: payment.posted_at !== null })
  }
  const reversedFen = reversals.reduce((sum, reversal) => sum + reversal.amountFen, 0)
  const template: SmsTemplate = ending.stage
  return {
    kind: 'change',
    next: 'never',
    change: {
      stage: ending.stage,
      // Money that went back from the home province, or never went there, is the customer's and lies in this store's till.
      set: {
        ...ending.set,
        resupply_by: null,
        withdraw_requested_at: null,
        refuse_requested_at: null,
        owed_here_fen: reversedFen,
      },
      events: [
        ending.event,
        ...(reversedFen > 0 ? [{ code: 'paymentReversed' as const, params: { amountFen: reversedFen } }] : []),
        ...voided.map((payment) => ({
          code: 'paymentVoided' as const,
          params: { amountFen: payment.amount_fen, method: payment.method },
        })),
      ],
    },
    first: async (tx) => {
      await noteReversed(tx, context, order, reversals)
      await noteVoided(tx, context, order, voided)
    },
    also: (tx, changed) => queueSms(tx, context, changed, template),
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
