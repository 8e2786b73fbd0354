import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { onlyBeside } from '../../../src/shared/domain/risk-assessment.ts'
import type { ApprovalAsk } from '../../../src/shared/protocol/approvals.ts'
import type { ApprovalRequestView } from '../../../src/shared/protocol/changes.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { ApprovalRequestTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import type { ServiceContext } from '../service-context.ts'
import { caseAccount } from './case-account.ts'
import { checkNotRefused, requestsAbout } from './grant.ts'
import { requestFacts } from './request-facts.ts'
import { requestView, tellRequest } from './request-view.ts'

/**
 * A clerk asks the store's supervisors, wherever they are signed in. Asking again with the same id answers how it stands.
 * Errors: `request.malformed` (a waiver without agreement and sum), `case.preCheckMissing`, `approval.alreadyAsked`,
 * `approval.besideOnly`, `approval.refused` (exactly this was refused, and nothing has changed).
 */
export async function askApproval(
  context: ServiceContext,
  scene: CounterScene,
  ask: ApprovalAsk,
): Promise<Result<ApprovalRequestView>> {
  if (ask.subject === 'waiver' && (ask.agreementId === undefined || !((ask.amountFen ?? 0) > 0)))
    return fail('request.malformed', { field: 'amountFen', params: { field: 'waivedFen' } })
  const now = context.clock.now()
  return context.db.transaction().execute(async (tx) => {
    const known = await caseAccount(tx, context, ask)
    if (!known || known.preCheck.device_id !== scene.device.deviceId) return fail('case.preCheckMissing')
    const earlier = await tx
      .selectFrom('approval_request')
      .selectAll()
      .where('request_id', '=', ask.requestId)
      .where('device_id', '=', scene.device.deviceId)
      .executeTakeFirst()
    if (earlier) return ok(await requestView(tx, earlier))
    const binding = {
      storeId: scene.device.storeId,
      caseId: ask.caseId,
      subject: ask.subject,
      agreementId: ask.agreementId ?? null,
      amountFen: ask.amountFen ?? null,
    }
    const shown = await requestFacts(tx, context.clock, ask, known)
    if (onlyBeside(shown.findings, ask.subject)) return fail('approval.besideOnly', { field: 'subject' })
    const facts = JSON.stringify(shown)
    const allowed = await checkNotRefused(tx, binding, facts)
    if (!allowed.ok) return allowed
    const open = await requestsAbout(tx, binding, 'open').where('expires_at', '>', now).executeTakeFirst()
    if (open) return fail('approval.alreadyAsked', { field: 'subject' })
    const row: ApprovalRequestTable = {
      request_id: ask.requestId,
      case_id: ask.caseId,
      case_number: ask.caseNumber,
      pre_check_id: known.preCheck.pre_check_id,
      store_id: scene.device.storeId,
      device_id: scene.device.deviceId,
      clerk_id: scene.staff.staffId,
      subject: ask.subject,
      agreement_id: binding.agreementId,
      amount_fen: binding.amountFen,
      reason: ask.reason,
      facts,
      state: 'open',
      requested_at: now,
      expires_at: now + known.policy.approvalMinutes * 60_000,
      decided_by: null,
      decided_at: null,
      decided_reason: null,
      approval_id: null,
    }
    const inserted = await tx
      .insertInto('approval_request')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('request_id')
      .executeTakeFirst()
    // Another counter's request under this id: nobody makes the same id by chance.
    if (!inserted) return fail('approval.requestUnknown', { field: 'requestId' })
    await appendAudit(tx, {
      storeId: row.store_id,
      at: now,
      actor: scene.staff.staffId,
      deviceId: row.device_id,
      action: 'approval.asked',
      subject: row.request_id,
      details: { caseId: row.case_id, about: row.subject, amountFen: row.amount_fen ?? 0 },
    })
    return ok(await tellRequest(tx, row, now))
  })
}
