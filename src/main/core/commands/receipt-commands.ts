import type { ReceiptView } from '../../../shared/contract/views.ts'
import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import { readCase } from '../cases/case-store.ts'
import { figuresAt, maskCase, viewCase } from '../cases/case-view.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

/** A submitted case prints its receipt, a postponed one the note with its day. */
const printable: readonly Case['state'][] = ['submitted', 'postponed']

async function receipt(context: Context, caseId: string, role: Staff['role']): Promise<Result<ReceiptView>> {
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  const view = await viewCase(context, caseId, role)
  if (!view.ok) return view
  const now = instant(context.ports.clock.now())
  const rules = rulesOfCase(view.value.case, context.ports.resources, figuresAt(view.value.case, now))
  return ok({
    case: { ...view.value, case: maskPaper(view.value.case, role) },
    lateFee: rules.ok ? rules.value.lateFee : undefined,
    device,
    printNumber: view.value.case.receiptPrints,
    printedAt: now,
  })
}

/** Names and numbers are masked on paper, whatever state the case is in. */
function maskPaper(case_: Case, role: Staff['role']): Case {
  return { ...maskCase({ ...case_, state: 'submitted' }, role), state: case_.state }
}

/** The receipt as it would print now; `printNumber` 0 when it was never printed. Errors: `case.notSubmitted`. */
export const viewReceipt: Handler<'receipt.view'> = async ({ caseId }, context, staff) => {
  const view = await viewCase(context, caseId, staff.role)
  if (!view.ok) return view
  if (!printable.includes(view.value.case.state)) return fail('case.notSubmitted')
  return receipt(context, caseId, staff.role)
}

/** Counts a print and answers the receipt with its number; from the second on it is a copy. Errors: `case.notSubmitted`. */
export const printReceipt: Handler<'receipt.print'> = async ({ caseId }, context, staff) => {
  const stored = await readCase(context.store, caseId)
  const state = stored?.state === 'postponed' ? 'postponed' : 'submitted'
  const counted = await changeCase(context, { caseId, action: 'receipt.print', staff, state }, (case_) =>
    ok({ ...case_, receiptPrints: case_.receiptPrints + 1 }),
  )
  return counted.ok ? receipt(context, caseId, staff.role) : counted
}
