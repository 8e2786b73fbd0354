import { isFinal } from '../../../src/shared/domain/order.ts'
import { fail, ok } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { changeOrder } from '../orders/change-order.ts'
import { checkStored } from '../submission/check-papers.ts'
import { holdOrder } from './find-order.ts'
import type { JobHandler, JobScene } from './job-kinds.ts'

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

/** `order.urge`: asks the home province to hurry, at the order's next step. Errors: `order.notFound`, `order.final`. */
export const urgeOrder: JobHandler<'order.urge'> = async (scene, payload) => {
  const order = await holdOrder(scene, payload.orderId)
  if (!order.ok) return order
  if (isFinal(order.value.stage)) return fail('order.final', { field: 'orderId' })
  await keepRequest(scene, payload.orderId, 'urge', { reason: payload.reason })
  await changeOrder(scene.tx, scene.context, order.value, { nextStepInSeconds: 0 })
  return ok({ orderId: payload.orderId })
}

/**
 * `order.resupply`: papers the home province asked for again. Errors: `order.notFound`, `order.notReturned` (also when papers are
 * already on their way), `job.invalidReference`.
 */
export const resupplyOrder: JobHandler<'order.resupply'> = async (scene, payload) => {
  const order = await holdOrder(scene, payload.orderId)
  if (!order.ok) return order
  if (order.value.stage !== 'returned') return fail('order.notReturned', { field: 'orderId' })
  const underWay = await scene.tx
    .selectFrom('order_request')
    .select('request_id')
    .where('order_id', '=', payload.orderId)
    .where('kind', '=', 'resupply')
    .where('handled_at', 'is', null)
    .executeTakeFirst()
  if (underWay) return fail('order.notReturned', { field: 'orderId' })
  const stored = await checkStored(scene.tx, order.value.case_id, payload.attachments)
  if (!stored.ok) return stored
  await keepRequest(scene, payload.orderId, 'resupply', { attachments: payload.attachments, note: payload.note })
  await changeOrder(scene.tx, scene.context, order.value, { nextStepInSeconds: 0 })
  return ok({ orderId: payload.orderId })
}
