import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { type ApprovalRequestView, approvalRequestViewSchema } from '../../../shared/protocol/changes.ts'
import type { Approval } from '../../../shared/protocol/identity.ts'
import { readCase, writeCase } from '../cases/case-store.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Ports } from '../ports.ts'
import type { Store, Transaction } from '../storage/store.ts'

type Reader = Pick<Store, 'query'>

/** A request past its time is over, even before the service has said so. */
function asOf(request: ApprovalRequestView, now: number): ApprovalRequestView {
  return request.state === 'open' && request.expiresAt <= now ? { ...request, state: 'expired' } : request
}

function parse(document: string, now: number): ApprovalRequestView {
  return asOf(approvalRequestViewSchema.parse(JSON.parse(document)), now)
}

/** Requests of one case, the latest first, without the service's seal. */
export async function requestsOfCase(reader: Reader, caseId: string, now: number): Promise<ApprovalRequestView[]> {
  const rows = await reader.query<{ document: string }>(
    'SELECT document FROM approval_request WHERE case_id = ? ORDER BY requested_at DESC LIMIT 50',
    [caseId],
  )
  return rows.map((row) => unsealed(parse(row.document, now)))
}

/** Requests of the store that wait for a decision, the oldest first. */
export async function openRequests(reader: Reader, now: number): Promise<ApprovalRequestView[]> {
  const rows = await reader.query<{ document: string }>(
    "SELECT document FROM approval_request WHERE state = 'open' AND expires_at > ? ORDER BY requested_at LIMIT 100",
    [now],
  )
  return rows.map((row) => unsealed(parse(row.document, now)))
}

function unsealed(request: ApprovalRequestView): ApprovalRequestView {
  if (!request.approval) return request
  const { seal: _, ...approval } = request.approval
  return { ...request, approval }
}

/** Keeps what the service said of a request; older news does nothing. True when something changed. */
export async function keepRequest(tx: Transaction, request: ApprovalRequestView, sequence: number): Promise<boolean> {
  const known = await tx.get<{ sequence: number }>('SELECT sequence FROM approval_request WHERE request_id = ?', [
    request.requestId,
  ])
  if (known && known.sequence >= sequence) return false
  tx.run(
    `INSERT INTO approval_request (request_id, case_id, state, requested_at, expires_at, sequence, document)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (request_id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at,
       sequence = excluded.sequence, document = excluded.document`,
    [
      request.requestId,
      request.caseId,
      request.state,
      request.requestedAt,
      request.expiresAt,
      sequence,
      JSON.stringify(request),
    ],
  )
  return true
}

/** The case with a further approval; undefined when it has it, no longer needs it, or more was taken than would then be due. */
function withApproval(case_: Case, approval: Approval, ports: Pick<Ports, 'clock' | 'resources'>): Case | undefined {
  if (case_.state !== 'draft' || case_.approvals.some(({ approvalId }) => approvalId === approval.approvalId))
    return undefined
  const now = instant(ports.clock.now())
  const needed = progressOf(case_, ports.resources, now).approvalsNeeded.find(
    (need) => need.subject === approval.subject && need.agreementId === approval.agreementId,
  )
  // Another figure is asked for by now: what was granted is not that.
  if (!needed || needed.granted) return undefined
  const figure = approval.waivedFen ?? approval.amountFen
  if (figure !== undefined && figure !== needed.amountFen) return undefined
  const next = { ...withoutSignature(case_), approvals: [...case_.approvals, approval] }
  const { settlement, paidFen } = progressOf(next, ports.resources, now)
  return settlement && paidFen > settlement.payableFen ? undefined : next
}

/** Puts a granted request's approval into its case, where the case lies at this counter and still wants it. */
export async function takeGranted(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  request: ApprovalRequestView,
): Promise<boolean> {
  if (request.state !== 'granted' || !request.approval) return false
  const case_ = await readCase(tx, request.caseId)
  const next = case_ && withApproval(case_, request.approval, ports)
  if (!next) return false
  await writeCase(tx, ports, { ...next, updatedAt: instant(ports.clock.now()) })
  return true
}
