import { instant } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { type TicketView, ticketViewSchema } from '../../../src/shared/protocol/changes.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { appendChange } from '../changes/append-change.ts'
import type { Tx } from '../database/handle.ts'
import type { TroubleTicketTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import { correctCode } from '../payments/correct-code.ts'
import { correctReturn } from '../payments/follow-return.ts'
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

function viewOf(row: TroubleTicketTable): TicketView {
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
  await appendChange(tx, ticket.storeId, { at: now, kind: 'ticket', ticket: viewOf(row) })
}

/**
 * A supervisor closes a ticket of their store with a note, and with the right code where it is about a payment or a return the provider did
 * not know. Errors: `ticket.notFound`, `ticket.closed`, `payment.notRefused`, `refund.notRefused`.
 */
export async function closeTicket(
  context: ServiceContext,
  scene: CounterScene,
  request: { ticketId: string; note: string; authorizationCode?: string | undefined },
): Promise<Result<TicketView>> {
  const now = context.clock.now()
  const { storeId, deviceId } = scene.device
  return context.db.transaction().execute(async (tx) => {
    const mine = tx
      .selectFrom('trouble_ticket')
      .where('ticket_id', '=', request.ticketId)
      .where('store_id', '=', storeId)
    const known = await mine.selectAll().forNoKeyUpdate().executeTakeFirst()
    if (!known) return fail('ticket.notFound', { field: 'ticketId' })
    if (known.state !== 'open') return fail('ticket.closed', { field: 'ticketId' })
    // Before anything is written: what is returned as a failure is committed all the same.
    if (request.authorizationCode !== undefined) {
      const correct = known.kind === 'returnRefused' ? correctReturn : correctCode
      const corrected = await correct(tx, context, scene, known, request.authorizationCode)
      if (!corrected.ok) return corrected
    }
    const closed = await tx
      .updateTable('trouble_ticket')
      .set({ state: 'closed', closed_at: now, closed_by: scene.staff.staffId, closed_note: request.note })
      .where('ticket_id', '=', request.ticketId)
      .returningAll()
      .executeTakeFirstOrThrow()
    const view = viewOf(closed)
    await appendAudit(tx, {
      storeId,
      at: now,
      actor: scene.staff.staffId,
      deviceId,
      action: 'ticket.closed',
      subject: request.ticketId,
      details: { kind: closed.kind, ...(closed.case_id ? { caseId: closed.case_id } : {}) },
    })
    await appendChange(tx, storeId, { at: now, kind: 'ticket', ticket: view })
    return ok(view)
  })
}
