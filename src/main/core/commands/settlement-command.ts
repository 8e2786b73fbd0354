import type { Case } from '../../../shared/domain/case.ts'
import { ok } from '../../../shared/domain/result.ts'
import { changeCase, withoutSignature } from '../cases/change-case.ts'
import { checkContact, checkRefund } from '../cases/check-refund.ts'
import type { Handler } from './handler.ts'

/** Saves where a refund goes, whom to call and why the customer leaves. Errors: `refund.*`, `contact.sameNumber`. */
export const saveSettlement: Handler<'case.saveSettlement'> = async (input, context, staff) => {
  const { caseId, contact, disconnectReason } = input
  return changeCase(
    context,
    { caseId, action: 'case.saveSettlement', staff, details: { route: input.refund?.route, disconnectReason } },
    (case_) => {
      const reachable = checkContact(case_, contact)
      if (!reachable.ok) return reachable
      const refund = input.refund ? checkRefund(case_, input.refund) : undefined
      if (refund && !refund.ok) return refund
      const { refund: _, ...withoutRefund } = case_
      const next: Case = { ...withoutRefund, contact, disconnectReason, ...(refund ? { refund: refund.value } : {}) }
      const unchanged =
        JSON.stringify([case_.contact, case_.refund, case_.disconnectReason]) ===
        JSON.stringify([next.contact, next.refund, next.disconnectReason])
      return ok(unchanged ? case_ : withoutSignature(next))
    },
  )
}
