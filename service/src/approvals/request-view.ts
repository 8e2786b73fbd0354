import { instant } from '../../../src/shared/domain/calendar.ts'
import { type ApprovalRequestView, approvalRequestViewSchema } from '../../../src/shared/protocol/changes.ts'
import type { Approval } from '../../../src/shared/protocol/identity.ts'
import { appendChange } from '../changes/append-change.ts'
import type { Tx } from '../database/handle.ts'
import type { ApprovalRequestTable } from '../database/tables.ts'

/** A request as counters see it. */
export async function requestView(
  tx: Tx,
  row: ApprovalRequestTable,
  approval?: Approval,
): Promise<ApprovalRequestView> {
  const people = await tx
    .selectFrom('staff')
    .select(['staff_id', 'name'])
    .where('staff_id', 'in', [row.clerk_id, ...(row.decided_by ? [row.decided_by] : [])])
    .execute()
  const device = await tx.selectFrom('device').select('name').where('device_id', '=', row.device_id).executeTakeFirst()
  const nameOf = (staffId: string) => people.find((person) => person.staff_id === staffId)?.name ?? staffId
  return approvalRequestViewSchema.parse({
    requestId: row.request_id,
    caseId: row.case_id,
    caseNumber: row.case_number,
    deviceId: row.device_id,
    deviceName: device?.name ?? row.device_id,
    clerkId: row.clerk_id,
    clerkName: nameOf(row.clerk_id),
    subject: row.subject,
    agreementId: row.agreement_id ?? undefined,
    amountFen: row.amount_fen ?? undefined,
    reason: row.reason,
    facts: JSON.parse(row.facts),
    state: row.state,
    requestedAt: instant(row.requested_at),
    expiresAt: instant(row.expires_at),
    decidedBy: row.decided_by ?? undefined,
    decidedByName: row.decided_by ? nameOf(row.decided_by) : undefined,
    decidedAt: row.decided_at ?? undefined,
    decidedReason: row.decided_reason ?? undefined,
    approval,
  })
}

/** Tells every counter of the store how a request stands; call it last in a transaction. */
export async function tellRequest(
  tx: Tx,
  row: ApprovalRequestTable,
  at: number,
  approval?: Approval,
): Promise<ApprovalRequestView> {
  const request = await requestView(tx, row, approval)
  await appendChange(tx, row.store_id, { at, kind: 'approvalRequest', request })
  return request
}
