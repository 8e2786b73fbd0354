import { type Change, changeMark, type OrderView, subjectOf } from '../../../shared/protocol/changes.ts'
import { keepRequest, takeGranted } from '../approvals/approval-requests.ts'
import { keepTicket } from '../approvals/tickets.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { deleteMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'

/** What a page of the feed changed here. */
export interface Applied {
  caseIds: string[]
  /** Requests for approval or tickets. */
  supervision: boolean
}

/** Keeps an order as the service tells it; older news does nothing. True when something changed. */
async function keepOrder(tx: Transaction, order: OrderView, sequence: number): Promise<boolean> {
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
 * Applies a page of the change feed and moves the cursor with it. Safe to repeat: older or equal news does nothing. Orders of other
 * counters of the store are kept too; they become visible should their case arrive here.
 */
export async function applyChanges(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  page: { changes: readonly Change[]; cursor: number },
): Promise<Applied> {
  const touched = new Set<string>()
  const told = new Set<string>()
  let supervision = false
  for (const change of page.changes) {
    // Rules are fetched, not taken from the feed.
    if (change.kind === 'rules') continue
    const { sequence } = change
    switch (change.kind) {
      case 'order':
        if (await keepOrder(tx, change.order, sequence)) touched.add(change.order.caseId)
        break
      case 'approvalRequest':
        if (!(await keepRequest(tx, change.request, sequence))) break
        supervision = true
        told.add(change.request.caseId)
        await takeGranted(tx, ports, change.request)
        break
      case 'ticket':
        if (await keepTicket(tx, change.ticket, sequence)) supervision = true
        break
    }
  }
  writeMeta(tx, 'changesCursor', page.cursor)
  const last = page.changes.at(-1)
  if (last) writeMeta(tx, 'changesMark', changeMark(last.at, subjectOf(last)))
  await refreshCases(tx, ports, touched)
  return { caseIds: [...new Set([...touched, ...told])], supervision }
}

/**
 * Begins the feed again: the service does not remember the cursor. What is shown stays until the service says something, and then
 * the service is believed, whatever numbers its changes have.
 */
export function restartChanges(tx: Transaction): void {
  writeMeta(tx, 'changesCursor', 0)
  deleteMeta(tx, 'changesMark')
  for (const table of ['order_view', 'approval_request', 'ticket']) tx.run(`UPDATE ${table} SET sequence = 0`)
}
