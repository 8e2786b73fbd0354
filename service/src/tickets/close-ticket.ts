import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { TicketView } from '../../../src/shared/protocol/changes.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { appendChange } from '../changes/append-change.ts'
import type { CounterScene } from '../identity/scene.ts'
import { correctCode } from '../payments/correct-code.ts'
import { correctReturn } from '../payments/follow-return.ts'
import type { ServiceContext } from '../service-context.ts'
import { ticketView } from './tickets.ts'

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
    const view = ticketView(closed)
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
