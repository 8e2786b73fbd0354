import type { SupervisionView } from '../../../shared/contract/views.ts'
import { instant } from '../../../shared/domain/calendar.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { onlyBeside } from '../../../shared/domain/risk-assessment.ts'
import type { ApprovalRequestView, TicketView } from '../../../shared/protocol/changes.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import { keepRequest, openRequests, takeGranted } from '../approvals/approval-requests.ts'
import { keepTicket, openTickets } from '../approvals/tickets.ts'
import { type AuditEntry, writeAudit } from '../audit/audit.ts'
import { readCase } from '../cases/case-store.ts'
import { viewCase } from '../cases/case-view.ts'
import type { Context } from '../context.ts'
import { countNewer } from '../sync/newer-changes.ts'
import type { Handler } from './handler.ts'

/** What the service answered is kept at once, below every number of the feed, so that the feed has the last word. */
const beforeTheFeed = 0

async function keepAnswered(context: Context, request: ApprovalRequestView, act: Omit<AuditEntry, 'caseId'>) {
  const { caseId, requestId } = request
  await context.store.transaction(async (tx) => {
    const known = await tx.get<{ sequence: number }>('SELECT sequence FROM approval_request WHERE request_id = ?', [
      requestId,
    ])
    if (known) tx.run('UPDATE approval_request SET sequence = ? WHERE request_id = ?', [beforeTheFeed - 1, requestId])
    await keepRequest(tx, request, beforeTheFeed)
    if (known) tx.run('UPDATE approval_request SET sequence = ? WHERE request_id = ?', [known.sequence, requestId])
    await takeGranted(tx, context.ports, request)
    await writeAudit(tx, context.ports, { ...act, caseId })
  })
  context.events.emit({ name: 'supervision.changed', payload: {} })
  context.events.emit({ name: 'case.changed', payload: { caseId } })
}

/**
 * Asks the store's supervisors at their own counters. Needs the service. Errors: `case.notFound`, `case.closed`,
 * `approval.notNeeded`, `approval.besideOnly`, `approval.alreadyAsked`, `approval.refused`, `connection.*`.
 */
export const askApproval: Handler<'approval.ask'> = async (input, context, staff) => {
  const { caseId, subject, agreementId, reason } = input
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  if (case_.state !== 'draft' || !case_.preCheck) return fail('case.closed')
  const { approvalsNeeded, risk } = progressOf(case_, context.ports.resources, instant(context.ports.clock.now()))
  const needed = approvalsNeeded.find((need) => need.subject === subject && need.agreementId === agreementId)
  if (!needed || needed.granted) return fail('approval.notNeeded', { field: 'subject' })
  if (onlyBeside(risk.findings, subject)) return fail('approval.besideOnly', { field: 'subject' })
  const answer = await context.service.call('askApproval', {
    body: {
      requestId: context.ports.ids.uuid(),
      caseId,
      caseNumber: case_.caseNumber,
      preCheckId: case_.preCheck.preCheckId,
      subject,
      ...(agreementId === undefined ? {} : { agreementId }),
      ...(needed.amountFen === undefined ? {} : { amountFen: needed.amountFen }),
      reason,
    },
  })
  if (!answer.ok) return answer
  const details = { subject, requestId: answer.value.requestId, amountFen: needed.amountFen }
  await keepAnswered(context, answer.value, { staffId: staff.staffId, action: 'approval.ask', details })
  return viewCase(context, caseId, staff.role)
}

/** Takes a wish back that nobody has decided. Errors: `approval.*`, `connection.*`. */
export const withdrawApproval: Handler<'approval.withdraw'> = async ({ caseId, requestId }, context, staff) => {
  const answer = await context.service.call('withdrawApproval', { params: { requestId }, body: {} })
  if (!answer.ok) return answer
  if (answer.value.caseId !== caseId) return fail('approval.requestUnknown')
  const details = { requestId }
  await keepAnswered(context, answer.value, { staffId: staff.staffId, action: 'approval.withdraw', details })
  return viewCase(context, caseId, staff.role)
}

async function supervisionOf(context: Context): Promise<Result<SupervisionView>> {
  return ok({
    requests: await openRequests(context.store, context.ports.clock.now()),
    tickets: await openTickets(context.store),
    newer: (await countNewer(context.store)).supervision,
  })
}

/** What waits for the store's supervisors, as last heard from the service. */
export const viewSupervision: Handler<'supervision.view'> = (_, context) => supervisionOf(context)

/** A supervisor decides at this counter for a clerk at another, with their own password. Errors: `approval.*`, `limit.exceeded`, `connection.*`. */
export const decideApproval: Handler<'approval.decide'> = async (input, context, staff) => {
  const { requestId, decision, reason, password } = input
  const answer = await context.service.call('decideApproval', {
    params: { requestId },
    body: { decision, reason, password },
  })
  if (!answer.ok) return answer
  const details = { requestId, decision }
  await keepAnswered(context, answer.value, { staffId: staff.staffId, action: 'approval.decide', details })
  return supervisionOf(context)
}

async function keepClosed(context: Context, ticket: TicketView, staff: Staff) {
  await context.store.transaction(async (tx) => {
    const known = await tx.get<{ sequence: number }>('SELECT sequence FROM ticket WHERE ticket_id = ?', [
      ticket.ticketId,
    ])
    if (known) tx.run('UPDATE ticket SET sequence = ? WHERE ticket_id = ?', [beforeTheFeed - 1, ticket.ticketId])
    await keepTicket(tx, ticket, beforeTheFeed)
    if (known) tx.run('UPDATE ticket SET sequence = ? WHERE ticket_id = ?', [known.sequence, ticket.ticketId])
    await writeAudit(tx, context.ports, {
      staffId: staff.staffId,
      action: 'ticket.close',
      ...(ticket.caseId ? { caseId: ticket.caseId } : {}),
      details: { ticketId: ticket.ticketId, kind: ticket.kind },
    })
  })
  context.events.emit({ name: 'supervision.changed', payload: {} })
}

/**
 * A supervisor closes a ticket with a note of what was done, and with the right code where it is about a payment the provider did not
 * know. Errors: `ticket.*`, `payment.notRefused`, `connection.*`.
 */
export const closeTicket: Handler<'ticket.close'> = async ({ ticketId, ...body }, context, staff) => {
  const answer = await context.service.call('closeTicket', { params: { ticketId }, body })
  if (!answer.ok) return answer
  await keepClosed(context, answer.value, staff)
  return supervisionOf(context)
}
