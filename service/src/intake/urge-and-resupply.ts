import { shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { isFinal } from '../../../src/shared/domain/order.ts'
import { checkRefundRoute, ruleFor } from '../../../src/shared/domain/papers.ts'
import { checkRefundRoute as checkRouteOpen } from '../../../src/shared/domain/refund-routes.ts'
import { refusedInvoice } from '../../../src/shared/domain/refused-invoice.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { resolveRules } from '../../../src/shared/domain/rules/resolve-rules.ts'
import type { InvoiceReturn, JobPayload } from '../../../src/shared/protocol/jobs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { changeOrder } from '../orders/change-order.ts'
import { isReturnedByStore } from '../orders/returned-by-store.ts'
import { submissionOf } from '../orders/submission-of.ts'
import { checkStored } from '../submission/check-papers.ts'
import { checkRefund, refundName } from '../submission/check-parties.ts'
import { holdOrder } from './find-order.ts'
import type { JobHandler, JobScene } from './job-scene.ts'

/** Urges of an order that wait to be passed on; further ones meanwhile are part of them. */
const mostUrgesWaiting = 5

async function keepRequest(scene: JobScene, orderId: string, kind: 'urge' | 'resupply', payload: unknown) {
  const { tx, envelope, now, device, staff } = scene
  await tx
    .insertInto('order_request')
    .values({
      request_id: envelope.id,
      order_id: orderId,
      kind,
      payload: JSON.stringify(payload),
      requested_at: now,
      handled_at: null,
    })
    .execute()
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: `order.${kind}`,
    subject: orderId,
  })
}

/** Requests the home province has not heard of yet. */
async function underWay({ tx }: JobScene, orderId: string, kind: 'urge' | 'resupply'): Promise<number> {
  const { count } = await tx
    .selectFrom('order_request')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('order_id', '=', orderId)
    .where('kind', '=', kind)
    .where('handled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Corrected data obey the same rules as submitted data. */
async function checkCorrections(
  { tx, context }: JobScene,
  order: ProductOrderTable,
  corrections: JobPayload<'order.resupply'>['corrections'],
): Promise<Result<undefined>> {
  if (corrections?.contact?.phone === order.msisdn)
    return fail('contact.sameNumber', { field: 'corrections.contact.phone' })
  if (!corrections?.refund) return ok(undefined)
  const proof = await tx
    .selectFrom('identity_proof')
    .select(['holder_name', 'second_document', 'asker'])
    .where('proof_id', '=', submissionOf(order).proofId)
    .executeTakeFirstOrThrow()
  const { packs } = await context.rules.published(tx)
  const place = { carrier: order.carrier, province: order.home_province }
  const rules = resolveRules(packs, place, shanghaiDate(submissionOf(order).acceptedAt))
  if (!rules.ok) return rules
  const rule = ruleFor(rules.value, proof.asker)
  const route = checkRefundRoute(rule, corrections.refund.route)
  if (!route.ok) return route
  const open = checkRouteOpen(
    rules.value.refundRoutes,
    corrections.refund.route,
    submissionOf(order).settlement.refundableFen,
  )
  return open.ok ? checkRefund(corrections.refund, order.msisdn, refundName(rule, proof)) : open
}

/** `order.urge`: asks the home province to hurry, at the order's next step; a storm of them is five. Errors: `order.notFound`, `order.final`. */
export const urgeOrder: JobHandler<'order.urge'> = async (scene, payload) => {
  const order = await holdOrder(scene, payload.orderId)
  if (!order.ok) return order
  if (isFinal(order.value.stage)) return fail('order.final', { field: 'orderId' })
  // A home province that is away is not asked any number of times when it is back, nor does the order wait behind them.
  if ((await underWay(scene, payload.orderId, 'urge')) >= mostUrgesWaiting) return ok({ orderId: payload.orderId })
  await keepRequest(scene, payload.orderId, 'urge', { reason: payload.reason })
  await changeOrder(scene.tx, scene.context, order.value, { nextStepInSeconds: 0 })
  return ok({ orderId: payload.orderId })
}

/**
 * An invoice that the home province did not make void, as the paper really says: the order asks again at once. Only an invoice that was
 * handed in, with the amount of its bill. Errors: `order.notReturned` (no invoice is waited for), `invoice.differs`.
 */
async function correctInvoices(
  { tx, context, device, staff, now }: JobScene,
  order: ProductOrderTable,
  invoices: readonly InvoiceReturn[],
): Promise<Result<Record<string, string>>> {
  const { order_id: orderId } = order
  const refused = refusedInvoice({
    stage: order.stage,
    returnedFor: JSON.parse(order.returned_for ?? 'null') ?? undefined,
  })
  if (!refused) return fail('order.notReturned', { field: 'orderId' })
  const before = submissionOf(order).invoices
  const other = invoices.find(
    ({ billId, amountFen }) => !before.some((one) => one.billId === billId && one.amountFen === amountFen),
  )
  if (other) return fail('invoice.differs', { field: 'corrections.invoices', params: { period: other.billId } })
  const corrected = before.map((one) => invoices.find(({ billId }) => billId === one.billId) ?? one)
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'order.invoiceCorrected',
    subject: orderId,
    details: { bills: invoices.map(({ billId }) => billId).join(' ') },
  })
  await changeOrder(tx, context, order, {
    set: {
      returned_for: null,
      attempts: 0,
      corrections: JSON.stringify({ ...JSON.parse(order.corrections ?? '{}'), invoices: corrected }),
    },
    events: invoices.map(({ billId, invoiceNumber, way }) => ({
      code: 'invoiceCorrected' as const,
      params: { billId, invoiceNumber, way },
    })),
    nextStepInSeconds: 0,
  })
  return ok({ orderId })
}

/**
 * `order.resupply`: papers the home province asked for again. Errors: `order.notFound`, `order.notReturned` (also when papers are
 * already on their way), `job.invalidReference`, and for corrections `contact.sameNumber`, `refund.*`, `invoice.differs`.
 */
export const resupplyOrder: JobHandler<'order.resupply'> = async (scene, payload) => {
  const order = await holdOrder(scene, payload.orderId)
  if (!order.ok) return order
  const { corrections } = payload
  if (corrections?.invoices) return correctInvoices(scene, order.value, corrections.invoices)
  // What waits for the customer's acceptance of new figures is not asked for by the home province.
  if (order.value.stage !== 'returned' || order.value.figures !== null)
    return fail('order.notReturned', { field: 'orderId' })
  // The home province asked for nothing it could take corrections for.
  if (payload.corrections && isReturnedByStore(order.value)) return fail('order.notReturned', { field: 'corrections' })
  if ((await underWay(scene, payload.orderId, 'resupply')) > 0) return fail('order.notReturned', { field: 'orderId' })
  const corrected = await checkCorrections(scene, order.value, payload.corrections)
  if (!corrected.ok) return corrected
  const stored = await checkStored(
    scene.tx,
    { caseId: order.value.case_id, storeId: order.value.store_id },
    payload.attachments,
  )
  if (!stored.ok) return stored
  await keepRequest(scene, payload.orderId, 'resupply', {
    attachments: payload.attachments,
    corrections: payload.corrections,
    note: payload.note,
  })
  await changeOrder(scene.tx, scene.context, order.value, { nextStepInSeconds: 0 })
  return ok({ orderId: payload.orderId })
}
