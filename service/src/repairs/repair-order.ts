import { isGrave, repairsAllowed } from '../../../src/shared/domain/repairs.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { RepairRequest } from '../../../src/shared/protocol/repairs.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { checkCredentials } from '../auth/sessions.ts'
import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import { changeOrder } from '../orders/change-order.ts'
import { readOrderView } from '../orders/order-view.ts'
import type { ServiceContext } from '../service-context.ts'
import { prepareRepair } from './repair-changes.ts'
import { factsOf, hangingRefund, unpostedPayments } from './repair-facts.ts'

/** What was asked, as it is kept to know it again: without the password. */
function keptOf(request: RepairRequest): string {
  const { repairId: _, ...asked } = request
  return JSON.stringify({ ...asked, password: undefined })
}

/** What this repair came to before, when its counter did not hear the answer; a failure when the id was used for something else. */
async function doneBefore(
  tx: Tx,
  order: ProductOrderTable,
  request: RepairRequest,
): Promise<Result<OrderView> | undefined> {
  const done = await tx
    .selectFrom('order_repair')
    .select(['order_id', 'request'])
    .where('repair_id', '=', request.repairId)
    .executeTakeFirst()
  if (!done) return undefined
  const same = done.order_id === order.order_id && done.request === keptOf(request)
  return same ? ok(await readOrderView(tx, order)) : fail('repair.idUsed', { field: 'repairId' })
}

/**
 * A supervisor repairs an order of their store by hand: once per `repairId`, with a reason, only what fits the order's state, audited and
 * told to the store. A step that is under way meanwhile is overtaken and writes nothing; its outside calls bear being made again.
 * Errors: `order.notFound`, `order.final`, `repair.notAllowed`, `repair.idUsed`, `repair.paymentUnknown`, `repair.personUnknown`, `repair.refundSettled`,
 * `approval.credentials`, `approval.samePerson`, `auth.locked`.
 */
export async function repairOrder(
  context: ServiceContext,
  { device, staff }: CounterScene,
  orderId: string,
  request: RepairRequest,
): Promise<Result<OrderView>> {
  const { action, repairId, reason } = request
  if ('password' in request) {
    const proven = await checkCredentials(context, device.storeId, {
      staffId: staff.staffId,
      password: request.password,
    })
    if (!proven.ok)
      return proven.error.code === 'auth.credentials' ? fail('approval.credentials', { field: 'password' }) : proven
  }
  return context.db.transaction().execute(async (tx): Promise<Result<OrderView>> => {
    const order = await tx
      .selectFrom('product_order')
      .selectAll()
      .where('order_id', '=', orderId)
      .where('store_id', '=', device.storeId)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (!order) return fail('order.notFound', { field: 'orderId' })
    const before = await doneBefore(tx, order, request)
    if (before) return before
    const now = context.clock.now()
    const hangs = (await hangingRefund(tx, orderId)) !== undefined
    const facts = factsOf(order, (await unpostedPayments(tx, orderId)).length, hangs, now)
    if (!repairsAllowed(facts).includes(action))
      return fail('repair.notAllowed', { field: 'action', params: { repair: action, stage: order.stage } })
    if (isGrave(action) && order.staff_id === staff.staffId) return fail('approval.samePerson')
    const prepared = await prepareRepair({ tx, context, order }, request)
    if (!prepared.ok) return prepared
    const { change, audit, first, also } = prepared.value
    await first?.()
    await tx
      .insertInto('order_repair')
      .values({
        repair_id: repairId,
        order_id: orderId,
        action,
        request: keptOf(request),
        reason,
        staff_id: staff.staffId,
        device_id: device.deviceId,
        done_at: now,
      })
      .execute()
    await appendAudit(tx, {
      storeId: device.storeId,
      at: now,
      actor: staff.staffId,
      deviceId: device.deviceId,
      action: `order.repair.${action}`,
      subject: orderId,
      details: { caseId: order.case_id, stage: order.stage, repairId, ...audit },
    })
    const changed = await changeOrder(tx, context, order, change)
    if (!changed) throw new Error(`order ${orderId} changed although its row was held`)
    await also?.(changed)
    return ok(await readOrderView(tx, changed))
  })
}
