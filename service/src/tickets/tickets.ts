import { instant } from '../../../src/shared/domain/calendar.ts'
import { type TicketView, ticketViewSchema } from '../../../src/shared/protocol/changes.ts'
import { appendChange } from '../changes/append-change.ts'
import type { Tx } from '../database/handle.ts'
import type { TroubleTicketTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'

/** What somebody has to look at, and in which store. Params carry ids, codes and figures, never names or whole numbers. */
export interface NewTicket {
  storeId: string
  kind: TicketView['kind']
  severity: TicketView['severity']
  orderId?: string | undefined
  caseId?: string | undefined
  params?: Record<string, string | number>
}

/** A ticket as counters see it. */
export function ticketView(row: TroubleTicketTable): TicketView {
  return ticketViewSchema.parse({
    ticketId: row.ticket_id,
    kind: row.kind,
    severity: row.severity,
    orderId: row.order_id ?? undefined,
    caseId: row.case_id ?? undefined,
    params: JSON.parse(row.params),
    state: row.state,
    openedAt: instant(row.opened_at),
    closedAt: row.closed_at ?? undefined,
    closedBy: row.closed_by ?? undefined,
    closedNote: row.closed_note ?? undefined,
  })
}

/**
 * Opens a ticket for a store's supervisors and tells its counters, inside the caller's transaction. One of the same kind that is
 * still open for the same order is enough: nothing is written then.
 */
export async function openTicket(
  tx: Tx,
  context: Pick<ServiceContext, 'newId' | 'clock'>,
  ticket: NewTicket,
): Promise<void> {
  const { orderId } = ticket
  if (orderId !== undefined) {
    const open = await tx
      .selectFrom('trouble_ticket')
      .select('ticket_id')
      .where('order_id', '=', orderId)
      .where('kind', '=', ticket.kind)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (open) return
  }
  const now = context.clock.now()
  const row: TroubleTicketTable = {
    ticket_id: context.newId(),
    store_id: ticket.storeId,
    order_id: orderId ?? null,
    case_id: ticket.caseId ?? null,
    kind: ticket.kind,
    severity: ticket.severity,
    params: JSON.stringify(ticket.params ?? {}),
    state: 'open',
    opened_at: now,
    closed_at: null,
    closed_by: null,
    closed_note: null,
  }
  await tx.insertInto('trouble_ticket').values(row).execute()
  await appendChange(tx, ticket.storeId, { at: now, kind: 'ticket', ticket: ticketView(row) })
}
