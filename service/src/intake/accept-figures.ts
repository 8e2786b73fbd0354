import { newFiguresSchema } from '../../../src/shared/domain/recheck.ts'
import { fail, ok } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { changeOrder } from '../orders/change-order.ts'
import { submissionOf } from '../orders/submission-of.ts'
import { wishedEnding } from '../orders/wishes.ts'
import { checkFiguresApprovals } from '../submission/check-figures-approvals.ts'
import { checkStored } from '../submission/check-papers.ts'
import { unspentPayments } from '../submission/check-payments.ts'
import { holdOrder } from './find-order.ts'
import type { JobHandler } from './job-scene.ts'

/**
 * `order.acceptFigures`: the customer signed what the order would cost now, and paid what is due. The figures are the service's own,
 * named by their id; the counter adds the signature and the money. The order goes on where it was stopped, and is looked at once
 * more before anything is ended. Errors: `order.notFound`, `order.figuresGone` (withdrawn, expired, or already others),
 * `order.figuresUnpriced`, `approval.missing` and `approval.samePerson` (these sums pass what one person may decide), `payment.amountDiffers`,
 * `job.invalidReference`.
 */
export const acceptFigures: JobHandler<'order.acceptFigures'> = async (scene, payload) => {
  const { tx, context, device, staff, now } = scene
  const held = await holdOrder(scene, payload.orderId)
  if (!held.ok) return held
  const order = held.value
  const figures = order.figures === null ? undefined : newFiguresSchema.parse(JSON.parse(order.figures))
  const waiting = order.stage === 'returned' && wishedEnding(order) === undefined
  if (!figures || !waiting || figures.figuresId !== payload.figuresId)
    return fail('order.figuresGone', { field: 'figuresId' })
  if (!figures.acceptable) return fail('order.figuresUnpriced', { field: 'figuresId' })
  const approved = await checkFiguresApprovals(tx, order, figures, {
    approvalIds: payload.approvalIds,
    staffId: staff.staffId,
  })
  if (!approved.ok) return approved
  const stored = await checkStored(tx, { caseId: order.case_id, storeId: order.store_id }, payload.attachments)
  if (!stored.ok) return stored
  const ids = [...new Set(payload.paymentIds)]
  const payments =
    ids.length === 0 ? [] : await unspentPayments(tx, { ids, caseId: order.case_id, storeId: order.store_id }).execute()
  if (payments.length !== ids.length) return fail('job.invalidReference', { field: 'paymentIds' })
  const paidFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  if (paidFen !== figures.dueFen)
    return fail('payment.amountDiffers', { field: 'paymentIds', params: { dueFen: figures.dueFen, paidFen } })
  if (ids.length > 0)
    await tx.updateTable('payment').set({ order_id: order.order_id }).where('payment_id', 'in', ids).execute()
  const submission = submissionOf(order)
  const { settlement, agreements, pricedAt } = figures
  const penaltyFen = agreements.reduce((sum, one) => sum + one.quote.amountFen - one.waivedFen, 0)
  const corrections = {
    ...JSON.parse(order.corrections ?? '{}'),
    settlement,
    agreements,
    pricedAt,
    limits: { highestPenaltyFen: penaltyFen, highestPayableFen: settlement.payableFen },
    authorization: payload.authorization,
    paymentIds: [...submission.paymentIds, ...ids],
    attachments: [...submission.attachments, ...payload.attachments],
    approvalIds: [...submission.approvalIds, ...payload.approvalIds],
  }
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'order.figuresAccepted',
    subject: order.order_id,
    details: {
      figuresId: figures.figuresId,
      signedFen: figures.signedTotalFen,
      totalFen: settlement.totalFen,
      documentSha256: payload.authorization.documentSha256,
      approvals: payload.approvalIds.length,
    },
  })
  await changeOrder(tx, context, order, {
    stage: 'homeReview',
    set: {
      approved_at: now,
      rechecked_at: null,
      figures: null,
      returned_for: null,
      resupply_by: null,
      attempts: 0,
      corrections: JSON.stringify(corrections),
      // What a clerk may do in a day is counted by what is carried out.
      waived_fen: agreements.reduce((sum, one) => sum + one.waivedFen, 0),
      promised_refund_fen: settlement.refundableFen,
    },
    events: [{ code: 'figuresAccepted', params: { amountFen: settlement.totalFen, paidFen } }],
    nextStepInSeconds: 0,
  })
  return ok({ orderId: order.order_id })
}
