import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ApprovalDecision } from '../../../src/shared/protocol/approvals.ts'
import type { ApprovalRequestView } from '../../../src/shared/protocol/changes.ts'
import type { Approval } from '../../../src/shared/protocol/identity.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { checkCredentials } from '../auth/sessions.ts'
import type { Tx } from '../database/handle.ts'
import type { ApprovalRequestTable } from '../database/tables.ts'
import { eachInTurn } from '../each-in-turn.ts'
import type { CounterScene } from '../identity/scene.ts'
import type { ServiceContext } from '../service-context.ts'
import { caseAccount } from './case-account.ts'
import { grantApproval } from './grant.ts'
import { tellRequest } from './request-view.ts'

/** A request of the store, its row held until the transaction ends: the first decision wins. */
function holdRequest(tx: Tx, requestId: string, storeId: string): Promise<ApprovalRequestTable | undefined> {
  return tx
    .selectFrom('approval_request')
    .selectAll()
    .where('request_id', '=', requestId)
    .where('store_id', '=', storeId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

async function whyNotOpen(tx: Tx, row: ApprovalRequestTable): Promise<Result<never>> {
  if (row.state === 'withdrawn') return fail('approval.withdrawn')
  if (row.state === 'expired') return fail('approval.expired')
  const by = await tx.selectFrom('staff').select('name').where('staff_id', '=', row.decided_by).executeTakeFirst()
  return fail('approval.decided', { params: { name: by?.name ?? row.decided_by ?? '' } })
}

/** Writes how a request ended and tells the store. */
export async function closeRequest(
  tx: Tx,
  row: ApprovalRequestTable,
  end: Partial<ApprovalRequestTable> & Pick<ApprovalRequestTable, 'state'>,
  at: number,
  approval?: Approval,
): Promise<ApprovalRequestView> {
  const closed = await tx
    .updateTable('approval_request')
    .set(end)
    .where('request_id', '=', row.request_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return tellRequest(tx, closed, at, approval)
}

/**
 * A supervisor of the store decides at their own counter, with their password once more. Two at once: the first wins, the other is
 * told who it was. Errors: `approval.credentials`, `auth.locked`, `approval.samePerson`, `approval.requestUnknown`,
 * `approval.decided`, `approval.withdrawn`, `approval.expired`, `limit.exceeded`.
 */
export async function decideRequest(
  context: ServiceContext,
  scene: CounterScene,
  requestId: string,
  { decision, reason, password }: ApprovalDecision,
): Promise<Result<ApprovalRequestView>> {
  const { staff, device } = scene
  const proven = await checkCredentials(context, device.storeId, { staffId: staff.staffId, password })
  if (!proven.ok)
    return proven.error.code === 'auth.credentials' ? fail('approval.credentials', { field: 'password' }) : proven
  return context.db.transaction().execute(async (tx) => {
    const now = context.clock.now()
    const row = await holdRequest(tx, requestId, device.storeId)
    if (!row) return fail('approval.requestUnknown', { field: 'requestId' })
    if (row.state !== 'open') return whyNotOpen(tx, row)
    if (row.clerk_id === staff.staffId) return fail('approval.samePerson')
    if (row.expires_at <= now) {
      await closeRequest(tx, row, { state: 'expired' }, now)
      return fail('approval.expired')
    }
    const decided = { decided_by: staff.staffId, decided_at: now, decided_reason: reason }
    if (decision === 'refuse') {
      await appendAudit(tx, {
        storeId: device.storeId,
        at: now,
        actor: staff.staffId,
        deviceId: device.deviceId,
        action: 'approval.refused',
        subject: requestId,
        details: { caseId: row.case_id, about: row.subject, clerk: row.clerk_id, amountFen: row.amount_fen ?? 0 },
      })
      return ok(await closeRequest(tx, row, { ...decided, state: 'refused' }, now))
    }
    const known = await caseAccount(tx, context, { caseId: row.case_id })
    const figure = row.amount_fen ?? undefined
    const granted = await grantApproval(tx, context, known?.policy, {
      caseId: row.case_id,
      subject: row.subject,
      agreementId: row.agreement_id ?? undefined,
      ...(row.subject === 'waiver' ? { waivedFen: figure } : { amountFen: figure }),
      reason,
      approver: staff,
      clerkId: row.clerk_id,
      deviceId: row.device_id,
      storeId: row.store_id,
      requestId,
    })
    if (!granted.ok) return granted
    const end = { ...decided, state: 'granted' as const, approval_id: granted.value.approvalId }
    return ok(await closeRequest(tx, row, end, now, granted.value))
  })
}

/** The asking counter no longer wants it. Errors: `approval.requestUnknown`, `approval.decided`, `approval.expired`. */
export function withdrawRequest(
  context: ServiceContext,
  scene: CounterScene,
  requestId: string,
): Promise<Result<ApprovalRequestView>> {
  return context.db.transaction().execute(async (tx) => {
    const now = context.clock.now()
    const row = await holdRequest(tx, requestId, scene.device.storeId)
    if (!row || row.device_id !== scene.device.deviceId) return fail('approval.requestUnknown', { field: 'requestId' })
    if (row.state !== 'open') return whyNotOpen(tx, row)
    await appendAudit(tx, {
      storeId: row.store_id,
      at: now,
      actor: scene.staff.staffId,
      deviceId: row.device_id,
      action: 'approval.withdrawn',
      subject: requestId,
      details: { caseId: row.case_id, about: row.subject },
    })
    return ok(await closeRequest(tx, row, { state: 'withdrawn' }, now))
  })
}

/** Ends requests nobody decided in time and tells their stores; returns how many. Several processes may do it at once. */
export async function expireRequests(context: ServiceContext): Promise<number> {
  const now = context.clock.now()
  const overdue = await context.db
    .selectFrom('approval_request')
    .select(['request_id', 'store_id'])
    .where('state', '=', 'open')
    .where('expires_at', '<=', now)
    .limit(200)
    .execute()
  let ended = 0
  await eachInTurn(overdue, ({ request_id, store_id }) =>
    context.db.transaction().execute(async (tx) => {
      const row = await holdRequest(tx, request_id, store_id)
      if (row?.state !== 'open') return
      await appendAudit(tx, {
        storeId: store_id,
        at: now,
        actor: 'service',
        action: 'approval.expired',
        subject: request_id,
        details: { caseId: row.case_id, about: row.subject },
      })
      await closeRequest(tx, row, { state: 'expired' }, now)
      ended += 1
    }),
  )
  return ended
}
