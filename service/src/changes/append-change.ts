import { assertNever } from '../../../src/shared/domain/result.ts'
import { type ChangeContent, subjectOf } from '../../../src/shared/protocol/changes.ts'
import type { Tx } from '../database/handle.ts'

/** What a row of the feed keeps of a change. */
function bodyOf(change: ChangeContent): object {
  switch (change.kind) {
    case 'order':
      return change.order
    case 'rules':
      return change.rules
    case 'approvalRequest':
      return change.request
    case 'ticket':
      return change.ticket
    default:
      return assertNever(change)
  }
}

/**
 * Adds a change (its instant in UTC ms) to a store's feed, inside the caller's transaction. The sequence comes from one row per store
 * that stays locked until the transaction ends, so that numbers become visible in order and without gaps even when many commit at
 * once. Call it last: everything after it keeps the store's other orders waiting. Who tells several stores takes them in the order
 * of their ids.
 */
export async function appendChange(tx: Tx, storeId: string, change: { at: number } & ChangeContent): Promise<number> {
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
      at: change.at,
      kind: change.kind,
      subject_id: subjectOf(change),
      order_id: change.kind === 'order' ? change.order.orderId : null,
      body: JSON.stringify(bodyOf(change)),
    })
    .execute()
  return last_sequence
}
