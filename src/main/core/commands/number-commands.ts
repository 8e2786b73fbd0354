import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { parseMsisdn } from '../../../shared/domain/msisdn.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { lookUpSegment } from '../../../shared/domain/segments.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import { writeAudit } from '../audit/audit.ts'
import { nextCaseNumber } from '../cases/case-number.ts'
import { writeCase } from '../cases/case-store.ts'
import { viewCase } from '../cases/case-view.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Handler } from './handler.ts'

/** Home province and prefix carrier of a number, from the tables on this machine. Errors: `number.*`. */
export const lookUpNumber: Handler<'number.lookUp'> = async ({ msisdn }, context) => {
  const parsed = parseMsisdn(msisdn)
  return parsed.ok ? lookUpSegment(parsed.value, context.ports.resources.segments) : parsed
}

/**
 * Opens a case for a number; works without the network. Errors: `number.*`, `number.notRemote` for a number of this
 * province, `case.alreadyOpen` with the number of the case that is open, `device.notEnrolled`.
 */
export const openCase: Handler<'case.open'> = async (input, context, staff) => {
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  const msisdn = parseMsisdn(input.msisdn)
  if (!msisdn.ok) return msisdn
  const segment = lookUpSegment(msisdn.value, context.ports.resources.segments)
  if (!segment.ok) return segment
  if (segment.value.homeProvince === device.handlingProvince) return fail('number.notRemote', { field: 'msisdn' })
  const caseId = context.ports.ids.uuid()
  const opened = await context.outbox.commit(async (tx) => {
    const open = await tx.get<{ case_number: string }>(
      'SELECT case_number FROM counter_case WHERE msisdn = ? AND is_open = 1',
      [msisdn.value],
    )
    if (open) return fail('case.alreadyOpen', { field: 'msisdn', params: { caseNumber: open.case_number } })
    const now = instant(context.ports.clock.now())
    const case_: Case = {
      caseId,
      caseNumber: await nextCaseNumber(tx, device, now),
      msisdn: msisdn.value,
      segment: segment.value,
      state: 'draft',
      createdAt: now,
      updatedAt: now,
      createdBy: staff.staffId,
      clerkName: staff.name,
      acknowledgements: [],
      choices: [],
      approvals: [],
      payments: [],
      refundsPaid: [],
      invoices: [],
      attachments: [],
      receiptPrints: 0,
    }
    await writeCase(tx, context.ports, case_)
    await writeAudit(tx, context.ports, { staffId: staff.staffId, action: 'case.open', caseId })
    return ok(undefined)
  })
  if (!opened.ok) return opened
  context.events.emit({ name: 'case.changed', payload: { caseId } })
  return viewCase(context, caseId, staff.role)
}

/**
 * Asks the operator's system about the number. Errors: `number.notFound`, `number.otherCarrier`, `home.*`,
 * `connection.*`; the draft stays as it is.
 */
export const queryNumber: Handler<'case.queryNumber'> = async ({ caseId }, context, staff) => {
  const current = await viewCase(context, caseId, staff.role)
  if (!current.ok) return current
  if (current.value.case.state !== 'draft') return fail('case.closed')
  const { msisdn } = current.value.case
  const answer = await context.service.call('queryNumber', { params: { msisdn } })
  if (!answer.ok) return answer
  if (answer.value.msisdn !== msisdn) return fail('home.unexpectedAnswer', { params: { system: 'bss' } })
  return changeCase(context, { caseId, action: 'case.queryNumber', staff }, (case_) =>
    ok({ ...case_, number: answer.value }),
  )
}

/**
 * Ends a draft that will not be submitted. Errors: `payment.alreadyTaken`: money that was taken cannot disappear with the draft; it
 * has to be given back first.
 */
export const abandonCase: Handler<'case.abandon'> = async ({ caseId, reason }, context, staff) =>
  changeCase(context, { caseId, action: 'case.abandon', staff }, (case_, tx) => {
    if (standingPayments(case_).length > 0) return fail('payment.alreadyTaken')
    tx.run('DELETE FROM attachment WHERE case_id = ?', [caseId])
    return ok({ ...case_, state: 'abandoned', abandonedReason: reason, attachments: [] })
  })
