import type { ExplainedFinding } from '../../../shared/domain/blocker-findings.ts'
import { allTasks } from '../../../shared/domain/blocker-findings.ts'
import { blockerPolicyOn, cataloguePolicy } from '../../../shared/domain/blocker-policy.ts'
import { addDays, type Instant, instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { checkTaskRecord, taskKey } from '../../../shared/domain/task.ts'
import { readCase } from '../cases/case-store.ts'
import { viewCase } from '../cases/case-view.ts'
import { changeCase } from '../cases/change-case.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

function findingsOf(context: Context, case_: Case, now: Instant): Result<ExplainedFinding[]> {
  if (!case_.preCheck) return fail('case.preCheckMissing')
  return ok(progressOf(case_, context.ports.resources, now).findings)
}

function decidable(findings: readonly ExplainedFinding[], code: string): Result<ExplainedFinding> {
  const finding = findings.find((one) => one.code === code)
  if (!finding || finding.effect === 'here') return fail('case.blockerUnknown', { field: 'code' })
  return finding.effect === 'stops'
    ? fail('case.notOverridable', { field: 'code', params: { blocker: code } })
    : ok(finding)
}

function said(case_: Case, acknowledgement: Case['acknowledgements'][number]): Case {
  const others = case_.acknowledgements.filter((entry) => entry.code !== acknowledgement.code)
  return { ...withoutSignature(case_), acknowledgements: [...others, acknowledgement] }
}

/**
 * Notes that the customer was told of a finding, or goes on in spite of a soft one by the clerk's own right.
 * Errors: `case.preCheckMissing`, `case.blockerUnknown`, `case.notOverridable`, `approval.missing` where a supervisor has to decide.
 */
export const acknowledge: Handler<'case.acknowledge'> = async ({ caseId, code, reason }, context, staff) =>
  changeCase(context, { caseId, action: 'case.acknowledge', staff, details: { code } }, (case_, _tx, at) => {
    const findings = findingsOf(context, case_, at)
    if (!findings.ok) return findings
    const finding = decidable(findings.value, code)
    if (!finding.ok) return finding
    if (finding.value.overrideBy === 'supervisor') return fail('approval.missing', { params: { subject: code } })
    const level = finding.value.effect === 'decide' ? { level: 'clerk' as const } : {}
    return ok(said(case_, { code, reason, staffId: staff.staffId, at, ...level }))
  })

/**
 * A supervisor goes on in spite of a soft finding, with their own password at the same screen; the service checks it and
 * keeps it. Errors: `case.preCheckMissing`, `case.blockerUnknown`, `case.notOverridable`, `approval.credentials`,
 * `approval.wrongRole`, `auth.locked`, `connection.*`.
 */
export const overrideBlocker: Handler<'case.overrideBlocker'> = async (input, context, staff) => {
  const { caseId, code, reason, approver } = input
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  if (case_.state !== 'draft') return fail('case.closed')
  const findings = findingsOf(context, case_, instant(context.ports.clock.now()))
  if (!findings.ok) return findings
  const finding = decidable(findings.value, code)
  if (!finding.ok) return finding
  const { preCheckId } = case_.preCheck!
  const answer = await context.service.call('overrideBlocker', { body: { caseId, preCheckId, code, reason, approver } })
  if (!answer.ok) return answer
  const { overrideId, approverId, decidedAt, seal } = answer.value
  if (answer.value.caseId !== caseId || answer.value.code !== code) return fail('service.internal')
  return changeCase(
    context,
    { caseId, action: 'case.overrideBlocker', staff, details: { code, approver: approverId } },
    (current) => {
      // Another pre-check may have come in between: the decision was about what that one no longer says.
      if (current.preCheck?.preCheckId !== preCheckId) return fail('case.blockerUnknown', { field: 'code' })
      return ok(
        said(current, {
          code,
          reason,
          staffId: approverId,
          at: decidedAt,
          level: 'supervisor',
          overrideId,
          ...(seal ? { seal } : {}),
        }),
      )
    },
  )
}

/**
 * Records that a task is done here or ordered with the cancellation; a device that came back lowers its agreement's penalty.
 * Errors: `case.preCheckMissing`, `task.*`, `payment.alreadyTaken` when less would be due than was taken.
 */
export const doTask: Handler<'case.doTask'> = async ({ caseId, action, subject, way, serial }, context, staff) =>
  changeCase(context, { caseId, action: 'case.doTask', staff, details: { task: action, way } }, (case_, _tx, at) => {
    const findings = findingsOf(context, case_, at)
    if (!findings.ok) return findings
    const checked = checkTaskRecord(allTasks(findings.value), { action, subject, way, serial })
    if (!checked.ok) return checked
    const record = { action, subject, way, ...(serial ? { serial } : {}), staffId: staff.staffId, at }
    const others = (case_.tasks ?? []).filter((task) => taskKey(task) !== taskKey(record))
    return unlessOverpaid(context, { ...withoutSignature(case_), tasks: [...others, record] }, at)
  })

/** Takes back that a task is done or ordered. Errors: `task.unknown`. */
export const undoTask: Handler<'case.undoTask'> = async ({ caseId, action, subject }, context, staff) =>
  changeCase(context, { caseId, action: 'case.undoTask', staff, details: { task: action } }, (case_) => {
    const key = taskKey({ action, subject })
    const tasks = case_.tasks ?? []
    if (!tasks.some((task) => taskKey(task) === key)) return fail('task.unknown', { field: 'action' })
    return ok({ ...withoutSignature(case_), tasks: tasks.filter((task) => taskKey(task) !== key) })
  })

/**
 * Everything for the note of a customer who must come back. Errors: `device.notEnrolled`, `case.notFound`, `case.preCheckMissing`.
 */
export const handOverNote: Handler<'case.handOverNote'> = async ({ caseId }, context, staff) => {
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  const view = await viewCase(context, caseId, staff.role)
  if (!view.ok) return view
  const { preCheck, recalled } = view.value.case
  if (!preCheck) return fail(recalled ? 'case.recalled' : 'case.preCheckMissing')
  const on = shanghaiDate(preCheck.checkedAt)
  const rules = rulesOfCase(view.value.case, context.ports.resources, preCheck.checkedAt)
  const { handOverDays } = rules.ok ? blockerPolicyOn(rules.value.blockers, on) : cataloguePolicy
  const printedAt = instant(context.ports.clock.now())
  // One deadline for everything: the case waits for what takes longest.
  const deadlines = view.value.progress.findings.flatMap(({ deadline, cleared }) =>
    deadline && !cleared ? [deadline] : [],
  )
  const handOverUntil = [addDays(on, handOverDays), ...deadlines].sort().at(-1)!
  return ok({ case: view.value, device, handOverUntil, printedAt })
}

function unlessOverpaid(context: Context, next: Case, now: Instant): Result<Case> {
  const { settlement, paidFen } = progressOf(next, context.ports.resources, now)
  return settlement && paidFen > settlement.payableFen ? fail('payment.alreadyTaken') : ok(next)
}
