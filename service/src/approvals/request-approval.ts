import { fail, type Result } from '../../../src/shared/domain/result.ts'
import type { Approval, ApprovalRequest } from '../../../src/shared/protocol/identity.ts'
import { checkCredentials } from '../auth/sessions.ts'
import type { CounterScene } from '../identity/scene.ts'
import type { ServiceContext } from '../service-context.ts'
import { caseAccount } from './case-account.ts'
import { closeRequest } from './decide-request.ts'
import { checkNotRefused, grantApproval, requestsAbout } from './grant.ts'
import { requestFacts } from './request-facts.ts'

/**
 * A second person signs beside the clerk with their own password: a supervisor of the same store, not the clerk. A request for exactly
 * the same that waits at other counters is answered by it. Errors: `approval.credentials`, `auth.locked`, `approval.samePerson`,
 * `approval.wrongRole`, `approval.refused`, `limit.exceeded`, `request.malformed` (a waiver without its agreement and amount).
 */
export async function requestApproval(
  context: ServiceContext,
  scene: CounterScene,
  request: ApprovalRequest,
): Promise<Result<Approval>> {
  const { caseId, subject, agreementId, waivedFen, amountFen } = request
  if (subject === 'waiver' && agreementId === undefined)
    return fail('request.malformed', { field: 'agreementId', params: { field: 'agreementId' } })
  if (subject === 'waiver' && !(waivedFen !== undefined && waivedFen > 0))
    return fail('request.malformed', { field: 'waivedFen', params: { field: 'waivedFen' } })
  const approver = await checkCredentials(context, scene.device.storeId, request.approver)
  if (!approver.ok)
    return approver.error.code === 'auth.credentials'
      ? fail('approval.credentials', { field: 'approver.password' })
      : approver
  if (approver.value.staffId === scene.staff.staffId) return fail('approval.samePerson', { field: 'approver.staffId' })
  if (approver.value.role !== 'supervisor' || approver.value.storeId !== scene.device.storeId)
    return fail('approval.wrongRole', { field: 'approver.staffId', params: { name: approver.value.name } })
  return context.db.transaction().execute(async (tx) => {
    const now = context.clock.now()
    const figure = waivedFen ?? amountFen
    const binding = {
      storeId: scene.device.storeId,
      caseId,
      subject,
      agreementId: agreementId ?? null,
      amountFen: figure ?? null,
    }
    const known = await caseAccount(tx, context, { caseId })
    const ask = {
      requestId: '',
      caseId,
      caseNumber: '',
      preCheckId: '',
      subject,
      agreementId,
      amountFen: figure,
      reason: request.reason,
    }
    const facts = known ? JSON.stringify(await requestFacts(tx, context.clock, ask, known)) : undefined
    const allowed = await checkNotRefused(tx, binding, facts)
    if (!allowed.ok) return allowed
    const waiting = await requestsAbout(tx, binding, 'open').forNoKeyUpdate().execute()
    const granted = await grantApproval(tx, context, known?.policy, {
      caseId,
      subject,
      agreementId,
      waivedFen,
      amountFen,
      reason: request.reason,
      approver: approver.value,
      clerkId: scene.staff.staffId,
      deviceId: scene.device.deviceId,
      storeId: scene.device.storeId,
    })
    if (!granted.ok) return granted
    const end = {
      state: 'granted' as const,
      decided_by: approver.value.staffId,
      decided_at: now,
      decided_reason: request.reason,
      approval_id: granted.value.approvalId,
    }
    for (const row of waiting) await closeRequest(tx, row, end, now, granted.value)
    return granted
  })
}
