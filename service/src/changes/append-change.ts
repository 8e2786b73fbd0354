import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import type { Tx } from '../service-context.ts'

/**
 * Adds an order's new state to its store's feed, inside the caller's transaction. The sequence comes from one row per store that
 * stays locked until the transaction ends, so that numbers become visible in order and without gaps even when many commit at once.
 * Call it last: everything after it keeps the store's other orders waiting.
 */
export async function appendChange(tx: Tx, storeId: string, order: OrderView): Promise<number> {
  const { last_sequence } = await tx
    .insertInto('change_cursor')
    .values({ store_id: storeId, last_sequence: 1 })
    .onConflict((conflict) =>
      conflict.column('store_id').doUpdateSet((eb) => ({ last_sequence: eb('change_cursor.last_sequence', '+', 1) })),
    )
    .returning('last_sequence')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('change_feed')
    .values({
      store_id: storeId,
      sequence: last_sequence,
      at: order.updatedAt,
      order_id: order.orderId,
      body: JSON.stringify(order),
    })
    .execute()
  return last_sequence
}
