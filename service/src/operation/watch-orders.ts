import type { OrderStage } from '../../../src/shared/domain/order.ts'
import { finalStages } from '../orders/stages.ts'
import type { ServiceContext } from '../service-context.ts'
import { openTicket } from '../tickets/tickets.ts'

/** Hours an order may stay in a stage without anything happening to it. Stages that wait for a person or a day have none. */
export type StageLimits = Partial<Record<OrderStage, number>>

const hourMs = 3_600_000
/** Most orders of a stage one look tells of; the next look takes the rest. */
const mostAtOnce = 200

/**
 * Finds open orders to which nothing has happened for longer than their stage allows (a home system that refuses for ever, a step
 * that was lost) and opens a ticket for the supervisors of their store, one per order and stay. Orders whose store knows already are left
 * out, so that many of them never hide the next. Returns how many were found.
 */
export async function watchOrders(context: ServiceContext, limits: StageLimits): Promise<number> {
  const now = context.clock.now()
  const stages = (Object.keys(limits) as OrderStage[]).filter((stage) => !finalStages.includes(stage))
  let stuck = 0
  for (const stage of stages) {
    const hours = limits[stage]!
    const still = await context.db
      .selectFrom('product_order')
      .select(['order_id', 'case_id', 'case_number', 'store_id', 'attempts'])
      .select((eb) =>
        eb
          .selectFrom('order_event')
          .select((inner) => inner.fn.max('at').as('at'))
          .whereRef('order_event.order_id', '=', 'product_order.order_id')
          .as('last_event_at'),
      )
      .where('stage', '=', stage)
      .where('created_at', '<', now - hours * hourMs)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('order_event')
              .select('event_id')
              .whereRef('order_event.order_id', '=', 'product_order.order_id')
              .where('at', '>', now - hours * hourMs),
          ),
        ),
      )
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('trouble_ticket')
              .select('ticket_id')
              .whereRef('trouble_ticket.order_id', '=', 'product_order.order_id')
              .where('kind', '=', 'orderStuck')
              .where('state', '=', 'open'),
          ),
        ),
      )
      .orderBy('created_at')
      .limit(mostAtOnce)
      .execute()
    for (const order of still) {
      const since = Number(order.last_event_at ?? 0)
      stuck += 1
      const lastCall = await context.db
        .selectFrom('outside_call')
        .select(['outcome', 'detail'])
        .where('order_id', '=', order.order_id)
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst()
      const reason = lastCall?.outcome === 'refused' ? (lastCall.detail ?? 'refused') : (lastCall?.outcome ?? 'none')
      await context.db.transaction().execute((tx) =>
        openTicket(tx, context, {
          storeId: order.store_id,
          kind: 'orderStuck',
          severity: 'waits',
          orderId: order.order_id,
          caseId: order.case_id,
          params: { caseNumber: order.case_number, stage, hours: Math.floor((now - since) / hourMs), reason },
        }),
      )
    }
  }
  return stuck
}
