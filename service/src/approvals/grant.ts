import { instant } from '../../../src/shared/domain/calendar.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ApprovalSubject, RiskPolicy } from '../../../src/shared/domain/risk-policy.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import type { Approval } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Tx } from '../database/handle.ts'
import type { ApprovalTable } from '../database/tables.ts'
import { seal } from '../reconciliation/seals.ts'
import { checkLimits, holdStaff } from '../risk/check-limits.ts'
import type { ServiceContext } from '../service-context.ts'

/** What is granted: bound to case, subject, agreement and sum. */
export interface Grant {
  caseId: string
  subject: ApprovalSubject
  agreementId?: string | undefined
  waivedFen?: number | undefined
  amountFen?: number | undefined
  reason: string
  approver: Staff
  clerkId: string
  /** The counter that gets the approval. */
  deviceId: string
  storeId: string
  requestId?: string | undefined
}

/**
 * Writes an approval down with its audit entry, inside the caller's transaction. A waiver is held against what the supervisor may
 * grant in a day. Error: `limit.exceeded`.
 */
export async function grantApproval(
  tx: Tx,
  context: ServiceContext,
  policy: RiskPolicy | undefined,
  grant: Grant,
): Promise<Result<Approval>> {
  const now = context.clock.now()
  const { approver, caseId, subject, waivedFen, amountFen } = grant
  if (waivedFen && policy) {
    await holdStaff(tx, approver.staffId)
    const person = { staffId: approver.staffId, as: 'supervisor' as const }
    const within = await checkLimits(tx, policy.limits, person, { waivedFen }, now)
    if (!within.ok) return within
  }
  const row: ApprovalTable = {
    approval_id: context.newId(),
    case_id: caseId,
    subject,
    agreement_id: grant.agreementId ?? null,
    waived_fen: waivedFen ?? null,
    reason: grant.reason,
    approver_id: approver.staffId,
    clerk_id: grant.clerkId,
    device_id: grant.deviceId,
    approved_at: now,
    amount_fen: amountFen ?? null,
    request_id: grant.requestId ?? null,
  }
  await tx.insertInto('approval').values(row).execute()
  await appendAudit(tx, {
    storeId: grant.storeId,
    at: now,
    actor: approver.staffId,
    deviceId: grant.deviceId,
    action: `approval.${subject}`,
    subject: row.approval_id,
    details: {
      caseId,
      clerk: grant.clerkId,
      amountFen: waivedFen ?? amountFen ?? 0,
      ...(grant.requestId ? { requestId: grant.requestId } : {}),
    },
  })
  return ok({
    approvalId: row.approval_id,
    caseId,
    subject,
    ...(grant.agreementId === undefined ? {} : { agreementId: grant.agreementId }),
    ...(waivedFen === undefined ? {} : { waivedFen: waivedFen as Approval['waivedFen'] }),
    ...(amountFen === undefined ? {} : { amountFen: amountFen as Approval['amountFen'] }),
    reason: grant.reason,
    approverId: approver.staffId,
    approverName: approver.name,
    approvedAt: instant(now),
    ...(await seal(tx, 'approval', row)),
  })
}

/** What a request or a wish beside the clerk is about, as rows keep it. */
export interface Binding {
  storeId: string
  caseId: string
  subject: ApprovalSubject
  agreementId: string | null
  amountFen: number | null
}

/** Requests of the store about exactly this, in one state: what other stores ask and answer is none of its business. */
export function requestsAbout(tx: Tx, binding: Binding, state: 'open' | 'refused') {
  return tx
    .selectFrom('approval_request')
    .selectAll()
    .where('store_id', '=', binding.storeId)
    .where('case_id', '=', binding.caseId)
    .where('subject', '=', binding.subject)
    .where('agreement_id', 'is not distinct from', binding.agreementId)
    .where('amount_fen', 'is not distinct from', binding.amountFen)
    .where('state', '=', state)
}

/**
 * Error `approval.refused` when a supervisor has refused exactly this and the service's facts of the case are still the same:
 * whoever is told no does not ask the next supervisor.
 */
export async function checkNotRefused(tx: Tx, binding: Binding, facts: string | undefined): Promise<Result<undefined>> {
  const refused = await requestsAbout(tx, binding, 'refused').orderBy('decided_at', 'desc').execute()
  const same = refused.find((row) => facts === undefined || row.facts === facts)
  if (!same) return ok(undefined)
  const decider = await tx.selectFrom('staff').select('name').where('staff_id', '=', same.decided_by).executeTakeFirst()
  return fail('approval.refused', {
    field: 'subject',
    params: { name: decider?.name ?? same.decided_by ?? '', reason: same.decided_reason ?? '' },
  })
}
