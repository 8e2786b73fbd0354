import type { TicketView } from '../../src/shared/protocol/changes.ts'
import type { CounterClient } from './counter-client.ts'

/** The tickets of an order, or about something named in their figures, as a counter hears of them: each as it stands. */
export async function ticketsTold(counter: CounterClient, about: string): Promise<TicketView[]> {
  const latest = new Map<string, TicketView>()
  for (let cursor = 0; ; ) {
    const page = await counter.changes(cursor)
    if (!page.ok) throw new Error(page.error.code)
    for (const change of page.value.changes)
      if (
        change.kind === 'ticket' &&
        (change.ticket.orderId === about || Object.values(change.ticket.params).includes(about))
      )
        latest.set(change.ticket.ticketId, change.ticket)
    if (page.value.cursor === cursor) return [...latest.values()]
    cursor = page.value.cursor
  }
}
