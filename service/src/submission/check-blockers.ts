import { canonicalFinding } from '../../../src/shared/domain/blocker.ts'
import { allTasks, type ExplainedFinding } from '../../../src/shared/domain/blocker-findings.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { checkTaskRecord, devicesScanned } from '../../../src/shared/domain/task.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import { devicesOf } from './check-approvals.ts'

async function supervisorDecided(
  tx: Tx,
  order: OrderSubmit,
  finding: ExplainedFinding,
  storeId: string,
): Promise<boolean> {
  const said = order.acknowledgedBlockers.find((entry) => entry.code === finding.code)
  if (!said?.overrideId) return false
  const row = await tx
    .selectFrom('blocker_override')
    .select('finding')
    .where('override_id', '=', said.overrideId)
    .where('case_id', '=', order.caseId)
    .where('code', '=', finding.code)
    .where('device_id', 'in', devicesOf(tx, storeId))
    .executeTakeFirst()
  return row?.finding === canonicalFinding(finding)
}

function checkTasks(findings: readonly ExplainedFinding[], order: OrderSubmit): Result<undefined> {
  const tasks = allTasks(findings)
  const records = order.tasks ?? []
  for (const [index, record] of records.entries()) {
    const checked = checkTaskRecord(tasks, record)
    if (!checked.ok) return fail(checked.error.code, { field: `tasks.${index}.${checked.error.field}` })
  }
  const short = order.agreements.find((entry) => {
    const ids = tasks.filter((task) => task.agreementId === entry.agreementId).map((task) => task.subject)
    return devicesScanned(records, ids).length > entry.devicesReturned
  })
  return short
    ? fail('quote.changed', { field: 'agreements', params: { agreement: short.quote.agreementName } })
    : ok(undefined)
}

/**
 * No finding of the service's own pre-check may be left open: none stands that stops a case, every other was told, decided
 * with the right it needs (a supervisor's decision is one that this service has seen itself, in this store), or is done by its task.
 * `findings` are explained with what the order says. Errors: `case.blocked`, `task.*`, `quote.changed`.
 */
export async function checkBlockers(
  tx: Tx,
  order: OrderSubmit,
  findings: readonly ExplainedFinding[],
  storeId: string,
): Promise<Result<undefined>> {
  for (const finding of findings) {
    const open = fail('case.blocked', { field: 'acknowledgedBlockers', params: { blocker: finding.code } })
    if (!finding.cleared) return open
    if (finding.overrideBy === 'supervisor' && !(await supervisorDecided(tx, order, finding, storeId))) return open
  }
  return checkTasks(findings, order)
}
