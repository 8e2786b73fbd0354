import type { ReceiptView } from '../../../shared/contract/views.ts'
import { instant } from '../../../shared/domain/calendar.ts'
import { rulesOfCase } from '../../../shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Staff } from '../../../shared/protocol/device.ts'
import { figuresAt, maskCase, viewCase } from '../cases/case-view.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

async function receipt(context: Context, caseId: string, role: Staff['role']): Promise<Result<ReceiptView>> {
  const device = context.device()
  if (!device) return fail('device.notEnrolled')
  const view = await viewCase(context, caseId, role)
  if (!view.ok) return view
  const now = instant(context.ports.clock.now())
  const rules = rulesOfCase(view.value.case, context.ports.resources, figuresAt(view.value.case, now))
  return ok({
    case: { ...view.value, case: maskCase({ ...view.value.case, state: 'submitted' }, role) },
    lateFee: rules.ok ? rules.value.lateFee : undefined,
    device,
    printNumber: view.value.case.receiptPrints,
    printedAt: now,
  })
}

/** The receipt as it would print now; `printNumber` 0 when it was never printed. Errors: `case.notSubmitted`. */
export const viewReceipt: Handler<'receipt.view'> = async ({ caseId }, context, staff) => {
  const view = await viewCase(context, caseId, staff.role)
  if (!view.ok) return view
  if (view.value.case.state !== 'submitted') return fail('case.notSubmitted')
  return receipt(context, caseId, staff.role)
}

/** Counts a print and answers the receipt with its number; from the second on it is a copy. Errors: `case.notSubmitted`. */
export const printReceipt: Handler<'receipt.print'> = async ({ caseId }, context, staff) => {
  const counted = await changeCase(context, { caseId, action: 'receipt.print', staff, state: 'submitted' }, (case_) =>
    ok({ ...case_, receiptPrints: case_.receiptPrints + 1 }),
  )
  return counted.ok ? receipt(context, caseId, staff.role) : counted
}
