import { fen } from '../../../src/shared/domain/money.ts'
import { type RepairFacts, repairsAllowed } from '../../../src/shared/domain/repairs.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { riskRecordSchema } from '../../../src/shared/domain/risk-assessment.ts'
import { type RepairOptions, repairOptionsSchema } from '../../../src/shared/protocol/repairs.ts'
import type { Database } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import { isReturnedByStore } from '../orders/returned-by-store.ts'
import { wishedEnding } from '../orders/wishes.ts'
import type { ServiceContext } from '../service-context.ts'

/** Payments of an order that the home province has not confirmed and that were not given back. */
export function unpostedPayments(db: Database, orderId: string) {
  return db
    .selectFrom('payment')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('posted_at', 'is', null)
    .where('reversed_at', 'is', null)
    .where('voided_at', 'is', null)
    .orderBy('payment_id')
    .execute()
}

/** Whether a cooling-off is still on and every rule that asked for it lets a supervisor end it. */
function coolingMayEnd(order: ProductOrderTable, now: number): boolean {
  if (order.cooling_until === null || order.cooling_until <= now || order.risk === null) return false
  const { findings } = riskRecordSchema.parse(JSON.parse(order.risk))
  return findings.every(({ measure }) => measure.kind !== 'coolingOff' || measure.mayEndEarly === true)
}

/** The refund of an order that hangs at the payment provider, of which its store was told. */
export function hangingRefund(db: Database, orderId: string) {
  return db
    .selectFrom('refund_out')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('next_step_at', 'is not', null)
    .where('told_at', 'is not', null)
    .executeTakeFirst()
}

/** What the repairs of an order depend on, read from its row. */
export function factsOf(order: ProductOrderTable, unposted: number, refundHangs: boolean, now: number): RepairFacts {
  return {
    stage: order.stage,
    stepDue: order.next_step_at !== null,
    homeContacted: order.home_contacted_at !== null,
    approved: order.approved_at !== null,
    rechecked: order.rechecked_at !== null,
    endingAsked: wishedEnding(order) !== undefined,
    returnedByStore: isReturnedByStore(order),
    coolingMayEnd: coolingMayEnd(order, now),
    unpostedPayments: unposted,
    refundHangs,
  }
}

/** Staff of a store an order can be handed to: active, and allowed to work on cases. */
export function peopleOf(db: Database, storeId: string) {
  return db
    .selectFrom('staff')
    .select(['staff_id as staffId', 'name', 'role'])
    .where('store_id', '=', storeId)
    .where('active', '=', true)
    .where('role', 'in', ['clerk', 'supervisor'])
    .orderBy('staff_id')
    .execute()
}

/** What a supervisor may do to an order of their store now. Error: `order.notFound`. */
export async function readRepairOptions(
  context: ServiceContext,
  scene: CounterScene,
  orderId: string,
): Promise<Result<RepairOptions>> {
  const { db, clock } = context
  const order = await db
    .selectFrom('product_order')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('store_id', '=', scene.device.storeId)
    .executeTakeFirst()
  if (!order) return fail('order.notFound', { field: 'orderId' })
  const unposted = await unpostedPayments(db, orderId)
  const refund = await hangingRefund(db, orderId)
  const responsibleId = order.responsible_staff_id ?? order.staff_id
  const responsible = await db
    .selectFrom('staff')
    .select('name')
    .where('staff_id', '=', responsibleId)
    .executeTakeFirst()
  const done = await db
    .selectFrom('order_repair')
    .innerJoin('staff', 'staff.staff_id', 'order_repair.staff_id')
    .select(['repair_id', 'action', 'reason', 'order_repair.staff_id', 'name', 'done_at'])
    .where('order_id', '=', orderId)
    .orderBy('done_at', 'desc')
    .orderBy('repair_id')
    .limit(50)
    .execute()
  return ok(
    repairOptionsSchema.parse({
      orderId,
      caseNumber: order.case_number,
      stage: order.stage,
      responsible: { staffId: responsibleId, name: responsible?.name ?? responsibleId },
      actions: repairsAllowed(factsOf(order, unposted.length, refund !== undefined, clock.now())),
      unposted: unposted.map((payment) => ({
        paymentId: payment.payment_id,
        receiptNumber: payment.receipt_number,
        amountFen: fen(payment.amount_fen),
        takenAt: payment.taken_at,
      })),
      ...(refund
        ? { refund: { amountFen: fen(refund.amount_fen), route: refund.route, orderedAt: refund.ordered_at } }
        : {}),
      people: (await peopleOf(db, order.store_id)).filter(({ staffId }) => staffId !== responsibleId),
      done: done.map((row) => ({
        repairId: row.repair_id,
        action: row.action,
        reason: row.reason,
        by: { staffId: row.staff_id, name: row.name },
        at: row.done_at,
      })),
    }),
  )
}
