import {
  type ArrivedChange,
  arrivedChangeSchema,
  markOf,
  type NewerChange,
} from '../../../shared/protocol/arrived-changes.ts'
import { type Change, type OrderView, subjectOf } from '../../../shared/protocol/changes.ts'
import { keepRequest, takeGranted } from '../approvals/approval-requests.ts'
import { keepTicket } from '../approvals/tickets.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { deleteMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import { boundNewer, countNewer, forgetAllNewer, forgetNewer, keepNewer, keptNewer } from './newer-changes.ts'

type ApplyPorts = Pick<Ports, 'clock' | 'resources' | 'version'>

/** What a page of the feed changed here. */
export interface Applied {
  caseIds: string[]
  /** Requests for approval or tickets. */
  supervision: boolean
  /** What came in words of a newer version and was kept. */
  newer: NewerChange[]
}

interface Found {
  touched: Set<string>
  told: Set<string>
  supervision: boolean
  newer: NewerChange[]
}

const nothingFound = (): Found => ({ touched: new Set(), told: new Set(), supervision: false, newer: [] })

/** Keeps an order as the service tells it; older news does nothing, nor does the same but for `again`. True when something changed. */
async function keepOrder(tx: Transaction, order: OrderView, sequence: number, again: boolean): Promise<boolean> {
  const known = await tx.get<{ sequence: number }>('SELECT sequence FROM order_view WHERE order_id = ?', [
    order.orderId,
  ])
  if (known && (again ? known.sequence > sequence : known.sequence >= sequence)) return false
  tx.run(
    `INSERT INTO order_view (order_id, case_id, sequence, document) VALUES (?, ?, ?, ?)
     ON CONFLICT (order_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document`,
    [order.orderId, order.caseId, sequence, JSON.stringify(order)],
  )
  return true
}

/** Applies one change. `again`: what was shown of it before was not all. */
async function applyKnown(
  tx: Transaction,
  ports: ApplyPorts,
  change: Change,
  found: Found,
  again = false,
): Promise<void> {
  const { sequence } = change
  switch (change.kind) {
    // Rules are fetched, not taken from the feed.
    case 'rules':
      return
    case 'order':
      if (await keepOrder(tx, change.order, sequence, again)) found.touched.add(change.order.caseId)
      return
    case 'approvalRequest':
      if (!(await keepRequest(tx, change.request, sequence))) return
      found.supervision = true
      found.told.add(change.request.caseId)
      await takeGranted(tx, ports, change.request)
      return
    case 'ticket':
      if (await keepTicket(tx, change.ticket, sequence)) found.supervision = true
      return
  }
}

/** Keeps what this version cannot read, and shows what it can read of it. */
async function applyNewer(tx: Transaction, ports: ApplyPorts, change: NewerChange, found: Found): Promise<void> {
  if (!(await keepNewer(tx, change))) return
  found.newer.push(change)
  found.supervision ||= change.of !== 'order'
  if (change.caseId !== undefined) (change.of === 'order' ? found.touched : found.told).add(change.caseId)
  if (change.readable) await applyKnown(tx, ports, change.readable, found)
}

/**
 * Applies a page of the change feed and moves the cursor with it. Safe to repeat: older or equal news does nothing. Orders of other
 * counters of the store are kept too; they become visible should their case arrive here. What a newer version of the service tells
 * does not stop the reading: it is kept.
 */
export async function applyChanges(
  tx: Transaction,
  ports: ApplyPorts,
  page: { changes: readonly ArrivedChange[]; cursor: number },
): Promise<Applied> {
  const found = nothingFound()
  const { all } = await countNewer(tx)
  for (const change of page.changes) {
    if (change.kind === 'newer') {
      await applyNewer(tx, ports, change, found)
      continue
    }
    await applyKnown(tx, ports, change, found)
    if (all + found.newer.length > 0) forgetNewer(tx, change.kind, subjectOf(change), change.sequence)
  }
  if (found.newer.length > 0) await boundNewer(tx, ports.version)
  writeMeta(tx, 'changesCursor', page.cursor)
  const last = page.changes.at(-1)
  const mark = last && markOf(last)
  if (mark !== undefined) writeMeta(tx, 'changesMark', mark)
  // A mark of another change would make the service believe that this counter remembers another history.
  else if (last) deleteMeta(tx, 'changesMark')
  await refreshCases(tx, ports, found.touched)
  const { touched, told, supervision, newer } = found
  return { caseIds: [...new Set([...touched, ...told])], supervision, newer }
}

/** Reads what was kept for a newer program: what this one knows is applied, the rest stays. Returns how much was read. */
export async function applyKept(tx: Transaction, ports: ApplyPorts): Promise<{ read: number }> {
  const found = nothingFound()
  let read = 0
  for (const raw of await keptNewer(tx)) {
    // What a later version turns out not to understand either must not keep the counter from starting.
    const change = arrivedChangeSchema.safeParse(raw).data
    if (!change) continue
    if (change.kind === 'newer') {
      if (change.readable) await applyKnown(tx, ports, change.readable, found, true)
      if (change.of === 'order' && change.caseId !== undefined) found.touched.add(change.caseId)
      continue
    }
    await applyKnown(tx, ports, change, found, true)
    forgetNewer(tx, change.kind, subjectOf(change), change.sequence)
    read += 1
  }
  await refreshCases(tx, ports, found.touched)
  return { read }
}

/**
 * Begins the feed again: the service does not remember the cursor. What is shown stays until the service says something, and then
 * the service is believed, whatever numbers its changes have.
 */
export function restartChanges(tx: Transaction): void {
  writeMeta(tx, 'changesCursor', 0)
  deleteMeta(tx, 'changesMark')
  for (const table of ['order_view', 'approval_request', 'ticket']) tx.run(`UPDATE ${table} SET sequence = 0`)
  forgetAllNewer(tx)
}
