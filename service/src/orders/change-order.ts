import { mayMove, type OrderStage } from '../../../src/shared/domain/order.ts'
import type { OrderEvent } from '../../../src/shared/protocol/changes.ts'
import { appendChange } from '../changes/append-change.ts'
import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import { homeSystemOf } from '../settings/home-limits.ts'
import { readOrderView } from './order-view.ts'

export interface NewEvent {
  code: OrderEvent['code']
  params?: Record<string, string | number>
}

export interface OrderChange {
  /** Where the order goes; absent when it stays. */
  stage?: OrderStage
  set?: Partial<ProductOrderTable>
  events?: NewEvent[]
  /** Seconds until the order is looked at again; `null` when nothing is left to do. */
  nextStepInSeconds: number | null
}

/** Writes events at the end of an order's list. The caller holds the order's row, so positions cannot collide. */
async function appendEvents(
  tx: Tx,
  context: Pick<ServiceContext, 'newId'>,
  orderId: string,
  at: number,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return
  const last = await tx
    .selectFrom('order_event')
    .select((eb) => eb.fn.max('position').as('position'))
    .where('order_id', '=', orderId)
    .executeTakeFirst()
  const first = (last?.position ?? 0) + 1
  await tx
    .insertInto('order_event')
    .values(
      events.map((event, index) => ({
        event_id: context.newId(),
        order_id: orderId,
        position: first + index,
        code: event.code,
        at,
        params: JSON.stringify(event.params ?? {}),
      })),
    )
    .execute()
}

/**
 * The one way in which an order changes: moves it (only where the state machine allows), records events, schedules the next step
 * and tells the store's counters, all in the caller's transaction. `expectedToken` is the token the caller read: when somebody else
 * has changed the order since, nothing is written and `undefined` comes back.
 */
export async function changeOrder(
  tx: Tx,
  context: ServiceContext,
  order: ProductOrderTable,
  change: OrderChange,
): Promise<ProductOrderTable | undefined> {
  const stage = change.stage ?? order.stage
  if (stage !== order.stage && !mayMove(order.stage, stage))
    throw new Error(`order ${order.order_id} may not move from ${order.stage} to ${stage}`)
  const now = context.clock.now()
  const delay = change.nextStepInSeconds
  const changed = await tx
    .updateTable('product_order')
    .set({
      ...change.set,
      stage,
      step_token: order.step_token + 1,
      next_step_at: delay === null ? null : now + Math.round(delay * 1000),
      updated_at: now,
    })
    .where('order_id', '=', order.order_id)
    .where('step_token', '=', order.step_token)
    .returningAll()
    .executeTakeFirst()
  if (!changed) return undefined
  await appendEvents(tx, context, order.order_id, now, change.events ?? [])
  if (delay !== null) {
    const step = { orderId: order.order_id, token: changed.step_token }
    await context.work.scheduleStep(tx, step, homeSystemOf(order), delay)
  }
  if (!isOnlyBookkeeping(change)) await tellStore(tx, changed)
  return changed
}

async function tellStore(tx: Tx, row: ProductOrderTable): Promise<void> {
  const order = await readOrderView(tx, row)
  await appendChange(tx, row.store_id, { at: order.updatedAt, kind: 'order', order })
}

/**
 * Adds events without touching the order's steps, e.g. that a message went out; takes the order's row first.
 */
export async function noteEvents(
  tx: Tx,
  context: ServiceContext,
  orderId: string,
  events: readonly NewEvent[],
): Promise<void> {
  const now = context.clock.now()
  const order = await tx
    .updateTable('product_order')
    .set({ updated_at: now })
    .where('order_id', '=', orderId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await appendEvents(tx, context, orderId, now, events)
  await tellStore(tx, order)
}

/** Attempt counters change nothing a counter can see. */
function isOnlyBookkeeping(change: OrderChange): boolean {
  const hidden = new Set(['attempts', 'retry_noted_stage', 'home_contacted_at', 'rechecked_at', 'bill_asked'])
  return (
    change.stage === undefined &&
    (change.events?.length ?? 0) === 0 &&
    Object.keys(change.set ?? {}).every((name) => hidden.has(name))
  )
}
