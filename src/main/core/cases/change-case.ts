import type { CaseView } from '../../../shared/contract/views.ts'
import { type Instant, instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import { type AuditEntry, writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../storage/store.ts'
import { readCase, writeCase } from './case-store.ts'
import { viewCase } from './case-view.ts'

export interface CaseChange {
  caseId: string
  /** Command that changes it; goes into the audit chain. */
  action: string
  staff: Staff
  /** Which state the case must be in; a draft unless said otherwise. */
  state?: Case['state']
  details?: AuditEntry['details']
}

/**
 * Changes a case: reads it, lets `change` make the new one, writes it with its audit entry, all in one transaction, and
 * answers with the new view once it is on disk. A refusal by `change` leaves everything as it was.
 * Errors: `case.notFound`, `case.closed`, `case.notSubmitted`, and those of `change`.
 */
export async function changeCase(
  context: Context,
  what: CaseChange,
  change: (case_: Case, tx: Transaction, now: Instant) => Result<Case> | Promise<Result<Case>>,
): Promise<Result<CaseView>> {
  const { caseId, action, staff, details } = what
  const changed = await context.outbox.commit(async (tx) => {
    const case_ = await readCase(tx, caseId)
    if (!case_) return fail('case.notFound')
    const state = what.state ?? 'draft'
    if (case_.state !== state)
      return state === 'submitted' && case_.state === 'draft' ? fail('case.notSubmitted') : fail('case.closed')
    const now = instant(context.ports.clock.now())
    const next = await change(case_, tx, now)
    if (!next.ok) return next
    await writeCase(tx, context.ports, { ...next.value, updatedAt: now })
    await writeAudit(tx, context.ports, { staffId: staff.staffId, action, caseId, ...(details ? { details } : {}) })
    return ok(undefined)
  })
  if (!changed.ok) return changed
  context.events.emit({ name: 'case.changed', payload: { caseId } })
  return viewCase(context, caseId, staff.role)
}
