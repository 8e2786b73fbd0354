import { beforePointOfNoReturn, isFinal } from '../../../src/shared/domain/order.ts'
import { fail, ok } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { changeOrder, noteEvents } from '../orders/change-order.ts'
import { holdOrder } from './find-order.ts'
import type { JobHandler } from './job-scene.ts'

/**
 * `order.withdraw`: the customer has thought better of it. Until the home province's approval is known the wish is put to it, and the
 * order shows `pendingCancellation` until it has decided; afterwards the answer is `withdrawalTooLate`, as an event, because the
 * request may have waited offline. Errors: `order.notFound`, `order.final`.
 */
export const withdrawOrder: JobHandler<'order.withdraw'> = async (scene, payload) => {
  const { tx, context, device, staff, now } = scene
  const held = await holdOrder(scene, payload.orderId)
  if (!held.ok) return held
  const order = held.value
  if (isFinal(order.stage) && order.stage !== 'deactivated') return fail('order.final', { field: 'orderId' })
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'order.withdrawalRequested',
    subject: order.order_id,
  })
  if (order.approved_at !== null || !beforePointOfNoReturn(order.stage)) {
    await noteEvents(tx, context, order.order_id, [{ code: 'withdrawalTooLate' }])
    return ok({ orderId: order.order_id, decision: 'tooLate' })
  }
  if (order.withdraw_requested_at === null)
    await changeOrder(tx, context, order, {
      set: { withdraw_requested_at: now, withdraw_reason: payload.cancellationReason },
      events: [{ code: 'withdrawalRequested' }],
      nextStepInSeconds: 0,
    })
  return ok({ orderId: order.order_id, decision: 'undecided' })
}
