import { instant } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Approval, ApprovalRequest } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { checkCredentials } from '../auth/sessions.ts'
import type { CounterScene } from '../identity/scene.ts'
import { seal } from '../reconciliation/seals.ts'
import type { ServiceContext } from '../service-context.ts'

/**
 * A second person signs for one thing in one case with their own password: a supervisor of the same store, not the clerk.
 * Errors: `approval.credentials`, `auth.locked`, `approval.samePerson`, `approval.wrongRole`, `request.malformed` (a waiver without
 * its agreement and amount).
 */
export async function requestApproval(
  context: ServiceContext,
  scene: CounterScene,
  request: ApprovalRequest,
): Promise<Result<Approval>> {
  const { subject, agreementId, waivedFen } = request
  if (subject === 'waiver' && agreementId === undefined)
    return fail('request.malformed', { field: 'agreementId', params: { field: 'agreementId' } })
  if (subject === 'waiver' && !(waivedFen !== undefined && waivedFen > 0))
    return fail('request.malformed', { field: 'waivedFen', params: { field: 'waivedFen' } })
  const approver = await checkCredentials(context, request.approver)
  if (!approver.ok)
    return approver.error.code === 'auth.credentials'
      ? fail('approval.credentials', { field: 'approver.password' })
      : approver
  if (approver.value.staffId === scene.staff.staffId) return fail('approval.samePerson', { field: 'approver.staffId' })
  if (approver.value.role !== 'supervisor' || approver.value.storeId !== scene.device.storeId)
    return fail('approval.wrongRole', { field: 'approver.staffId', params: { name: approver.value.name } })
  const now = context.clock.now()
  const approvalId = context.newId()
  const row = {
    approval_id: approvalId,
    case_id: request.caseId,
    subject,
    agreement_id: agreementId ?? null,
    waived_fen: waivedFen ?? null,
    reason: request.reason,
    approver_id: approver.value.staffId,
    clerk_id: scene.staff.staffId,
    device_id: scene.device.deviceId,
    approved_at: now,
    amount_fen: request.amountFen ?? null,
    request_id: null,
  }
  await context.db.transaction().execute(async (tx) => {
    await tx.insertInto('approval').values(row).execute()
    await appendAudit(tx, {
      storeId: scene.device.storeId,
      at: now,
      actor: approver.value.staffId,
      deviceId: scene.device.deviceId,
      action: `approval.${subject}`,
      subject: approvalId,
      details: { caseId: request.caseId, clerk: scene.staff.staffId, amountFen: waivedFen ?? request.amountFen ?? 0 },
    })
  })
  return ok({
    approvalId,
    caseId: request.caseId,
    subject,
    ...(agreementId === undefined ? {} : { agreementId }),
    ...(waivedFen === undefined ? {} : { waivedFen }),
    ...(request.amountFen === undefined ? {} : { amountFen: request.amountFen }),
    reason: request.reason,
    approverId: approver.value.staffId,
    approverName: approver.value.name,
    approvedAt: instant(now),
    ...(await seal(context.db, 'approval', row)),
  })
}
