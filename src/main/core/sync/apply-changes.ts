import { type Change, changeMark, subjectOf } from '../../../shared/protocol/changes.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { deleteMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

/** Keeps an order as the service tells it; false when this or a newer one is known. */
async function applyOrder(tx: Transaction, { order, sequence }: Change & { kind: 'order' }): Promise<boolean> {
  const known = await tx.get<{ sequence: number }>('SELECT sequence FROM order_view WHERE order_id = ?', [
    order.orderId,
  ])
  if (known && known.sequence >= sequence) return false
  tx.run(
    `INSERT INTO order_view (order_id, case_id, sequence, document) VALUES (?, ?, ?, ?)
     ON CONFLICT (order_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document`,
    [order.orderId, order.caseId, sequence, JSON.stringify(order)],
  )
  return true
}

/**
 * Applies a page of the change feed and moves the cursor with it. Safe to repeat: an older or equal change of an order
 * does nothing. Orders of other counters of the store are kept too; they become visible should their case arrive here.
 */
export async function applyChanges(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  page: { changes: readonly Change[]; cursor: number },
): Promise<string[]> {
  const touched = new Set<string>()
  for (const change of page.changes) {
    // The set of rules is named in every answer; its change only ends the wait.
    if (change.kind === 'rules') continue
    if (await applyOrder(tx, change)) touched.add(change.order.caseId)
  }
  writeMeta(tx, 'changesCursor', page.cursor)
  const last = page.changes.at(-1)
  if (last) writeMeta(tx, 'changesMark', changeMark(last.at, subjectOf(last)))
  await refreshCases(tx, ports, touched)
  return [...touched]
}

/**
 * Begins the feed again: the service does not remember the cursor. What is shown stays until the service says something, and then
 * the service is believed, whatever numbers its changes have.
 */
export function restartChanges(tx: Transaction): void {
  writeMeta(tx, 'changesCursor', 0)
  deleteMeta(tx, 'changesMark')
  tx.run('UPDATE order_view SET sequence = 0')
}
