import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { checkInvoices } from '../../../shared/domain/invoice-policy.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { changeCase } from '../cases/change-case.ts'
import { checkContact, checkRefund } from '../cases/check-refund.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Handler } from './handler.ts'

/** Saves where a refund goes, which invoices it makes void, whom to call and why the customer leaves. Errors: `refund.*`, `invoice.*`, `contact.sameNumber`. */
export const saveSettlement: Handler<'case.saveSettlement'> = async (input, context, staff) => {
  const { caseId, contact, disconnectReason, invoices } = input
  return changeCase(
    context,
    { caseId, action: 'case.saveSettlement', staff, details: { route: input.refund?.route, disconnectReason } },
    (case_, _tx, now) => {
      const reachable = checkContact(case_, contact)
      if (!reachable.ok) return reachable
      const refund = input.refund
        ? checkRefund(case_, input.refund, progressOf(case_, context.ports.resources, now).asker.rule)
        : undefined
      if (refund && !refund.ok) return refund
      const { moneyBack } = progressOf(case_, context.ports.resources, now)
      const route = refund && moneyBack?.options.find(({ rule }) => rule.route === refund.value.route)
      if (route?.closed === 'notAllowed') return fail('refund.routeClosed', { field: 'refund.route' })
      if (route?.closed === 'overLimit')
        return fail('refund.overLimit', { field: 'refund.route', params: { limitFen: route.rule.highestFen ?? 0 } })
      if (moneyBack && invoices.length > 0) {
        const told = checkInvoices(moneyBack.invoices, moneyBack.invoicePolicy, invoices)
        if (!told.ok) return told
      }
      const { refund: _, ...withoutRefund } = case_
      const next: Case = {
        ...withoutRefund,
        invoices,
        contact,
        disconnectReason,
        ...(refund ? { refund: refund.value } : {}),
      }
      const unchanged =
        JSON.stringify([case_.contact, case_.refund, case_.disconnectReason, case_.invoices]) ===
        JSON.stringify([next.contact, next.refund, next.disconnectReason, next.invoices])
      return ok(unchanged ? case_ : withoutSignature(next))
    },
  )
}
