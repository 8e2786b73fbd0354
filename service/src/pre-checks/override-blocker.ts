import { homeAccountSchema } from '../../../src/shared/domain/account.ts'
import { blockerSchema, canonicalFinding } from '../../../src/shared/domain/blocker.ts'
import { explainFindings } from '../../../src/shared/domain/blocker-findings.ts'
import { instant, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { BlockerOverride, BlockerOverrideRequest } from '../../../src/shared/protocol/blocker-overrides.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { checkCredentials } from '../auth/sessions.ts'
import type { CounterScene } from '../identity/scene.ts'
import { seal } from '../reconciliation/seals.ts'
import type { ServiceContext } from '../service-context.ts'
import { blockerPolicyAt } from './blocker-policy-at.ts'

/** The finding as this service's own pre-check of this device has it, if a supervisor may override it. */
async function overridable(context: ServiceContext, scene: CounterScene, request: BlockerOverrideRequest) {
  const row = await context.db
    .selectFrom('pre_check')
    .selectAll()
    .where('pre_check_id', '=', request.preCheckId)
    .where('case_id', '=', request.caseId)
    .where('device_id', '=', scene.device.deviceId)
    .executeTakeFirst()
  if (!row) return fail('case.preCheckMissing', { field: 'preCheckId' })
  const on = shanghaiDate(row.checked_at)
  const { packs } = await context.rules.published(context.db)
  const account = homeAccountSchema.parse(JSON.parse(row.account))
  const finding = explainFindings({
    blockers: blockerSchema.array().parse(JSON.parse(row.blockers)),
    account,
    policy: blockerPolicyAt(packs, account.number, on),
    acknowledgements: [],
    tasks: [],
    on,
  }).find((one) => one.code === request.code)
  if (!finding) return fail('case.blockerUnknown', { field: 'code' })
  return finding.effect === 'decide'
    ? ok(finding)
    : fail('case.notOverridable', { field: 'code', params: { blocker: finding.code } })
}

/**
 * A supervisor of the store decides, with their own password, to go on in spite of one soft finding; kept with its reason
 * and looked up again when the order comes. What is hard is never overridden, whoever asks.
 * Errors: `case.preCheckMissing`, `case.blockerUnknown`, `case.notOverridable`, `approval.credentials`, `approval.wrongRole`, `auth.locked`.
 */
export async function overrideBlocker(
  context: ServiceContext,
  scene: CounterScene,
  request: BlockerOverrideRequest,
): Promise<Result<BlockerOverride>> {
  const finding = await overridable(context, scene, request)
  if (!finding.ok) return finding
  const approver = await checkCredentials(context, scene.device.storeId, request.approver)
  if (!approver.ok)
    return approver.error.code === 'auth.credentials'
      ? fail('approval.credentials', { field: 'approver.password' })
      : approver
  const { staffId, name, role, storeId } = approver.value
  if (role !== 'supervisor' || storeId !== scene.device.storeId)
    return fail('approval.wrongRole', { field: 'approver.staffId', params: { name } })
  const now = context.clock.now()
  const row = {
    override_id: context.newId(),
    case_id: request.caseId,
    pre_check_id: request.preCheckId,
    code: request.code,
    finding: canonicalFinding(finding.value),
    reason: request.reason,
    level: 'supervisor' as const,
    approver_id: staffId,
    clerk_id: scene.staff.staffId,
    device_id: scene.device.deviceId,
    decided_at: now,
  }
  await context.db.transaction().execute(async (tx) => {
    await tx.insertInto('blocker_override').values(row).execute()
    await appendAudit(tx, {
      storeId: scene.device.storeId,
      at: now,
      actor: staffId,
      deviceId: scene.device.deviceId,
      action: 'blocker.override',
      subject: row.override_id,
      details: { caseId: request.caseId, code: request.code, clerk: scene.staff.staffId },
    })
  })
  return ok({
    overrideId: row.override_id,
    caseId: request.caseId,
    code: request.code,
    reason: request.reason,
    approverId: staffId,
    approverName: name,
    decidedAt: instant(now),
    ...(await seal(context.db, 'blocker_override', row)),
  })
}
