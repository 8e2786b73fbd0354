import { refundPaidPostings } from '../../../src/shared/domain/ledger.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { RefundPay } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { ledgerRows, type PostingScene, postToLedger, scopeOfOrder } from '../ledger/post-to-ledger.ts'
import { noteEvents } from '../orders/change-order.ts'
import { toBeProved } from '../payments/follow-return.ts'
import { holdOrder } from './find-order.ts'
import type { JobHandler, JobScene } from './job-scene.ts'

async function record(scene: JobScene, refund: RefundPay, posting: Omit<PostingScene, 'occurredAt' | 'now'>) {
  const { tx, context, device, staff, now } = scene
  const { refundId, caseId, paymentId, orderId, method, amountFen, authorizationCode, receiptNumber } = refund
  const inserted = await tx
    .insertInto('refund')
    .values({
      refund_id: refundId,
      case_id: caseId,
      order_id: orderId ?? null,
      payment_id: paymentId ?? null,
      method,
      amount_fen: amountFen,
      authorization_code: authorizationCode ?? null,
      receipt_number: receiptNumber,
      reason: refund.reason,
      paid_at: refund.paidAt,
      device_id: device.deviceId,
      staff_id: staff.staffId,
      ...toBeProved(method, now),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('refund_id')
    .executeTakeFirst()
  if (!inserted) return false
  if (method !== 'cash') await context.work.scheduleFollowUp(tx, { kind: 'return', id: refundId, token: 0 }, 0)
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'refund.paid',
    subject: refundId,
    details: { caseId, amountFen, method },
  })
  const postings = refundPaidPostings({
    refundId,
    method,
    amountFen,
    receiptNumber,
    ofPayment: paymentId !== undefined,
  })
  await postToLedger(tx, ledgerRows(postings, { ...posting, refundId, occurredAt: refund.paidAt, now }))
  return true
}

/** A payment of a case that was never submitted goes back whole, on the way it came. */
async function giveBackPayment(
  scene: JobScene,
  refund: RefundPay,
  paymentId: string,
): Promise<Result<Record<string, string>>> {
  const { tx, device, now } = scene
  const payment = await tx
    .selectFrom('payment')
    .innerJoin('device', 'device.device_id', 'payment.device_id')
    .select([
      'payment.method',
      'payment.amount_fen',
      'payment.order_id',
      'payment.given_back_at',
      'carrier',
      'home_province',
    ])
    .where('payment_id', '=', paymentId)
    .where('case_id', '=', refund.caseId)
    .where('msisdn', '=', refund.msisdn)
    .where('store_id', '=', device.storeId)
    .forNoKeyUpdate('payment')
    .executeTakeFirst()
  if (!payment) return fail('job.invalidReference', { field: 'payload.paymentId' })
  const owedFen = payment.order_id === null && payment.given_back_at === null ? payment.amount_fen : 0
  if (refund.amountFen !== owedFen)
    return fail('refund.notOwed', { field: 'payload.amountFen', params: { owedFen, amountFen: refund.amountFen } })
  if (refund.method !== payment.method) return fail('job.malformed', { field: 'payload.method' })
  await tx.updateTable('payment').set({ given_back_at: now }).where('payment_id', '=', paymentId).execute()
  const written = await record(scene, refund, {
    handlingProvince: device.handlingProvince,
    homeProvince: payment.home_province,
    carrier: payment.carrier,
    caseId: refund.caseId,
    paymentId,
  })
  return written ? ok({ refundId: refund.refundId, receiptNumber: refund.receiptNumber }) : taken()
}

/** What an order left owing: reversed payments, or the refund in cash at the counter. In parts too, never more than is owed. */
async function payWhatOrderOwes(
  scene: JobScene,
  refund: RefundPay,
  orderId: string,
): Promise<Result<Record<string, string>>> {
  const { tx, context } = scene
  const held = await holdOrder(scene, orderId)
  if (!held.ok) return held
  const order = held.value
  if (order.case_id !== refund.caseId || order.msisdn !== refund.msisdn)
    return fail('job.invalidReference', { field: 'payload.orderId' })
  const owedFen = order.owed_here_fen
  const { refundId, amountFen, receiptNumber, method } = refund
  if (amountFen > owedFen) return fail('refund.notOwed', { field: 'payload.amountFen', params: { owedFen, amountFen } })
  const { storeId: _, ...scope } = await scopeOfOrder(tx, order)
  if (!(await record(scene, refund, scope))) return taken()
  await tx
    .updateTable('product_order')
    .set({ owed_here_fen: owedFen - amountFen })
    .where('order_id', '=', orderId)
    .execute()
  await noteEvents(tx, context, orderId, [{ code: 'refundPaid', params: { amountFen, method, receiptNumber } }])
  return ok({ refundId, receiptNumber })
}

function taken(): Result<never> {
  return fail('job.invalidReference', { field: 'payload.refundId' })
}

/**
 * `refund.pay`: money that was handed back at the counter. Errors: `refund.notOwed` with what is owed, `payment.authorizationMissing`,
 * `order.notFound`, `job.invalidReference`, `job.malformed`.
 */
export const payRefund: JobHandler<'refund.pay'> = async (scene, refund) => {
  if (refund.method !== 'cash' && !refund.authorizationCode)
    return fail('payment.authorizationMissing', { field: 'payload.authorizationCode' })
  return refund.paymentId !== undefined
    ? giveBackPayment(scene, refund, refund.paymentId)
    : payWhatOrderOwes(scene, refund, refund.orderId!)
}
