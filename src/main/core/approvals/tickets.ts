import { type TicketView, ticketViewSchema } from '../../../shared/protocol/changes.ts'
import type { Store, Transaction } from '../storage/store.ts'

/** Tickets of the store that nobody has closed, the latest first. */
export async function openTickets(reader: Pick<Store, 'query'>): Promise<TicketView[]> {
  const rows = await reader.query<{ document: string }>(
    "SELECT document FROM ticket WHERE state = 'open' ORDER BY opened_at DESC LIMIT 100",
    [],
  )
  return rows.map((row) => ticketViewSchema.parse(JSON.parse(row.document)))
}

/** Keeps what the service said of a ticket; older news does nothing. True when something changed. */
export async function keepTicket(tx: Transaction, ticket: TicketView, sequence: number): Promise<boolean> {
  const known = await tx.get<{ sequence: number }>('SELECT sequence FROM ticket WHERE ticket_id = ?', [ticket.ticketId])
  if (known && known.sequence >= sequence) return false
  tx.run(
    `INSERT INTO ticket (ticket_id, state, opened_at, sequence, document) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (ticket_id) DO UPDATE SET state = excluded.state, sequence = excluded.sequence,
       document = excluded.document`,
    [ticket.ticketId, ticket.state, ticket.openedAt, sequence, JSON.stringify(ticket)],
  )
  return true
}
