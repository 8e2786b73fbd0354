import { type Instant, instant } from '../../../src/shared/domain/calendar.ts'
import { stateOf } from '../../../src/shared/domain/order.ts'
import { type OrderView, orderViewSchema } from '../../../src/shared/protocol/changes.ts'
import type { Database } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { wishedEnding } from './wishes.ts'

const json = (text: string | null) => (text === null ? undefined : JSON.parse(text))

/** An order with all its events as counters see it, read inside the caller's transaction. */
export async function readOrderView(db: Database, order: ProductOrderTable): Promise<OrderView> {
  const events = await db
    .selectFrom('order_event')
    .select(['event_id', 'code', 'at', 'params'])
    .where('order_id', '=', order.order_id)
    .orderBy('position')
    .execute()
  const responsible =
    order.responsible_staff_id === null
      ? undefined
      : await db
          .selectFrom('staff')
          .select(['staff_id as staffId', 'name'])
          .where('staff_id', '=', order.responsible_staff_id)
          .executeTakeFirst()
  const warning = await db
    .selectFrom('sms_message')
    .select(['created_at', 'sent_at', 'delivery', 'delivery_at', 'delivery_reason'])
    .where('order_id', '=', order.order_id)
    .where('template', 'in', ['warning', 'warningAgain'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  // A refusal by the store is still open after an approval; what customer and holder want is decided by it.
  const wished = wishedEnding(order)
  const undecided = wished !== undefined && (order.approved_at === null || wished === 'refused')
  const state = stateOf(order.stage)
  const open = state === 'acknowledged' || state === 'inProgress' || state === 'held'
  // Parsed by its own schema, so that what leaves the service is exactly what a counter accepts.
  return orderViewSchema.parse({
    orderId: order.order_id,
    caseId: order.case_id,
    caseNumber: order.case_number,
    state: open && undecided ? 'pendingCancellation' : state,
    stage: order.stage,
    deadline: order.deadline,
    resupplyBy: order.resupply_by ?? undefined,
    returnedFor: json(order.returned_for),
    figures: json(order.figures),
    refusedFor: json(order.refused_for),
    effectiveAt: order.effective_at ?? undefined,
    agingUntil: order.aging_until ?? undefined,
    refundFen: order.refund_fen ?? undefined,
    owedHereFen: order.owed_here_fen > 0 ? order.owed_here_fen : undefined,
    urgeCount: order.urge_count,
    risk: json(order.risk),
    coolingUntil: order.cooling_until ?? undefined,
    warning: warning && {
      state: warning.delivery ?? (warning.sent_at === null ? 'waiting' : 'sent'),
      at: warning.delivery_at ?? warning.sent_at ?? warning.created_at,
      reason: warning.delivery_reason ?? undefined,
    },
    responsible,
    stopRequestedAt: order.stop_requested_at ?? undefined,
    events: events.map((event) => ({
      eventId: event.event_id,
      code: event.code,
      at: instant(event.at),
      params: JSON.parse(event.params),
    })),
    updatedAt: instant(order.updated_at) satisfies Instant,
  })
}
