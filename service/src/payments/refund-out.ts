import { refundReturnedPostings, refundSettledPostings } from '../../../src/shared/domain/ledger.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import { refundAccount } from '../../../src/shared/domain/refund-routes.ts'
import { liFromFen } from '../connectors/wire/li.ts'
import type { RefundOutRequest } from '../connectors/wire/payment.ts'
import type { Tx } from '../database/handle.ts'
import { holdStep } from '../database/hold-step.ts'
import type { ProductOrderTable, RefundOutTable } from '../database/tables.ts'
import { postOrder, scopeOfOrder } from '../ledger/post-to-ledger.ts'
import { backOffSeconds } from '../orders/back-off.ts'
import { noteEvents } from '../orders/change-order.ts'
import { queueSms } from '../orders/queue-sms.ts'
import { submissionOf } from '../orders/submission-of.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'
import { noteHanging } from './refund-hangs.ts'

/** Ways on which the payment provider pays out; cash is paid by the store, a mobile number is credited by its own carrier. */
const providerRoutes = ['bankCard', 'originalChannel'] as const
type ProviderRoute = (typeof providerRoutes)[number]

/** Writes down what the payment provider has to pay out for an order, in the transaction that ends the line. */
export async function orderRefundOut(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  refund: { amountFen: number; route: string | undefined },
): Promise<void> {
  const route = providerRoutes.find((each) => each === refund.route)
  if (!route || refund.amountFen <= 0) return
  const now = context.clock.now()
  // The order's own number: a service that was restored from yesterday and ends the line once more asks for the same refund again.
  const refundId = order.order_id
  await tx
    .insertInto('refund_out')
    .values({
      refund_id: refundId,
      order_id: order.order_id,
      route,
      amount_fen: refund.amountFen,
      state: 'ordered',
      reference: null,
      code: null,
      attempts: 0,
      step_token: 0,
      next_step_at: now,
      ordered_at: now,
      settled_at: null,
      forgotten_since: null,
      told_at: null,
    })
    .execute()
  await context.work.scheduleFollowUp(tx, { kind: 'refund', id: refundId, token: 0 }, 0)
}

function requestOf(order: ProductOrderTable, refund: RefundOutTable): RefundOutRequest | undefined {
  const wanted = submissionOf(order).refund
  if (!wanted) return undefined
  const account = refundAccount(wanted, order.msisdn)
  const destinations: Record<ProviderRoute, () => RefundOutRequest['destination'] | undefined> = {
    bankCard: () =>
      account.ok && account.value !== undefined ? { kind: 'bankCard', cardNumber: account.value } : undefined,
    originalChannel: () => ({ kind: 'originalChannel', msisdn: order.msisdn as never }),
  }
  const destination = destinations[refund.route]()
  return (
    destination && {
      refundId: refund.refund_id,
      amountLi: liFromFen(refund.amount_fen),
      holderName: wanted.holderName,
      destination,
    }
  )
}

export type Settled = { kind: 'paid'; reference: string } | { kind: 'failed'; code: string; reference: string | null }

type Outcome =
  | Settled
  | { kind: 'pending'; reference: string }
  | { kind: 'unclear'; cause: 'UNKNOWN_REFUND' | 'NO_ANSWER' }

async function askProvider(
  context: ServiceContext,
  order: ProductOrderTable,
  refund: RefundOutTable,
): Promise<Outcome> {
  if (refund.state === 'ordered') {
    const request = requestOf(order, refund)
    if (!request) return { kind: 'failed', code: 'ACCOUNT_MISSING', reference: null }
    const answer = await context.payment.refund(request, {
      key: `refund:${refund.refund_id}`,
      orderId: order.order_id,
    })
    if (answer.outcome === 'refused') return { kind: 'failed', code: answer.code, reference: null }
    if (answer.outcome !== 'ok') return { kind: 'unclear', cause: 'NO_ANSWER' }
    const { state, reference } = answer.value
    return state === 'returned'
      ? { kind: 'failed', code: 'RETURNED', reference }
      : { kind: state === 'paid' ? 'paid' : 'pending', reference }
  }
  const answer = await context.payment.refundState(refund.refund_id, order.order_id)
  // It forgot what it answered for: somebody has to look, but asking for the money again is not ours to decide.
  if (answer.outcome === 'refused') return { kind: 'unclear', cause: 'UNKNOWN_REFUND' }
  if (answer.outcome !== 'ok') return { kind: 'unclear', cause: 'NO_ANSWER' }
  const { state, reference, code } = answer.value
  if (state === 'returned') return { kind: 'failed', code: code ?? 'RETURNED', reference }
  return { kind: state, reference }
}

async function comeAgain(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  refund: RefundOutTable,
  outcome: Extract<Outcome, { kind: 'pending' | 'unclear' }>,
): Promise<void> {
  const { timing } = context
  const seconds = outcome.kind === 'pending' ? timing.refundPollSeconds : backOffSeconds(refund.attempts, timing)
  const token = refund.step_token + 1
  const hanging = await noteHanging(tx, context, order, refund, outcome.kind === 'pending' ? 'PENDING' : outcome.cause)
  await tx
    .updateTable('refund_out')
    .set({
      ...hanging,
      step_token: token,
      next_step_at: context.clock.now() + Math.round(seconds * 1000),
      ...(outcome.kind === 'pending'
        ? { state: 'sent', reference: outcome.reference, attempts: 0 }
        : { attempts: refund.attempts + 1 }),
    })
    .where('refund_id', '=', refund.refund_id)
    .execute()
  await context.work.scheduleFollowUp(tx, { kind: 'refund', id: refund.refund_id, token }, seconds)
}

/** Has the provider asked at once; with `state: 'ordered'` the refund is handed to it again, under the key it had. */
export async function askAgain(
  tx: Tx,
  context: ServiceContext,
  refund: RefundOutTable,
  set: { state?: 'ordered' } = {},
): Promise<void> {
  const token = refund.step_token + 1
  await tx
    .updateTable('refund_out')
    .set({
      ...set,
      step_token: token,
      next_step_at: context.clock.now(),
      attempts: 0,
      forgotten_since: null,
      told_at: null,
    })
    .where('refund_id', '=', refund.refund_id)
    .execute()
  await context.work.scheduleFollowUp(tx, { kind: 'refund', id: refund.refund_id, token }, 0)
}

/** The money did not arrive: it is owed at the store that took the order, whose supervisors are told why. */
async function owedAtStore(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  refund: RefundOutTable,
  code: string,
): Promise<void> {
  const params = { amountFen: refund.amount_fen, route: refund.route, cause: code }
  await tx
    .updateTable('product_order')
    .set((eb) => ({ owed_here_fen: eb('owed_here_fen', '+', refund.amount_fen) }))
    .where('order_id', '=', order.order_id)
    .execute()
  await noteEvents(tx, context, order.order_id, [{ code: 'refundFailed', params }])
  await openTicket(tx, context, {
    storeId: order.store_id,
    kind: 'refundFailed',
    severity: 'waits',
    orderId: order.order_id,
    caseId: order.case_id,
    params: { ...params, caseNumber: order.case_number },
  })
  await queueSms(tx, context, order, 'refundFailed')
}

/** Writes down how a refund ended, by whoever's word: ledger, order, and what the store owes when it was not paid. Overtakes a step under way. */
export async function settleRefund(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  refund: RefundOutTable,
  outcome: Settled,
): Promise<void> {
  const now = context.clock.now()
  const about = { orderId: order.order_id, amountFen: fen(refund.amount_fen) }
  const failed = outcome.kind === 'failed'
  await tx
    .updateTable('refund_out')
    .set({
      step_token: refund.step_token + 1,
      next_step_at: null,
      state: outcome.kind,
      reference: outcome.reference,
      code: failed ? outcome.code : null,
      settled_at: now,
    })
    .where('refund_id', '=', refund.refund_id)
    .execute()
  await postOrder(
    tx,
    await scopeOfOrder(tx, order),
    failed ? refundReturnedPostings(about) : refundSettledPostings(about),
    now,
  )
  if (failed) await owedAtStore(tx, context, order, refund, outcome.code)
  else
    await noteEvents(tx, context, order.order_id, [
      { code: 'refundArrived', params: { amountFen: refund.amount_fen, route: refund.route } },
    ])
}

/**
 * Takes a refund as far as it goes now: hands it to the provider once, then asks until it is final. A token other than the refund's
 * means that this step was overtaken. No transaction is open while the provider is asked.
 */
export async function followRefund(context: ServiceContext, refundId: string, token: number): Promise<void> {
  const { db } = context
  const refund = await db
    .selectFrom('refund_out')
    .selectAll()
    .where('refund_id', '=', refundId)
    .where('step_token', '=', token)
    .where('next_step_at', 'is not', null)
    .executeTakeFirst()
  if (!refund) return
  const order = await db
    .selectFrom('product_order')
    .selectAll()
    .where('order_id', '=', refund.order_id)
    .executeTakeFirstOrThrow()
  const outcome = await askProvider(context, order, refund)
  await db.transaction().execute(async (tx) => {
    if (!(await holdStep(tx, 'refund_out', refund.refund_id, refund.step_token))) return
    if (outcome.kind === 'pending' || outcome.kind === 'unclear') await comeAgain(tx, context, order, refund, outcome)
    else await settleRefund(tx, context, order, refund, outcome)
  })
}
