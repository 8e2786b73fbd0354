import type { Case } from '../../../shared/domain/case.ts'
import { msisdnSchema } from '../../../shared/domain/msisdn.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { Refund } from '../../../shared/protocol/jobs.ts'
import { changeCase, withoutSignature } from '../cases/change-case.ts'
import type { Handler } from './handler.ts'

/**
 * Checks where a refund goes: to the holder, and not to the number that is about to end (domain facts, chapter 2).
 * Errors: `document.missing`, `refund.notHolder`, `refund.accountMissing`, `refund.sameNumber`.
 */
function checkRefund(case_: Case, refund: Refund): Result<Refund> {
  const holder = case_.document?.name
  if (!holder) return fail('document.missing')
  const holderName = refund.holderName.replace(/[\s·•.．]/g, '')
  if (holderName !== holder.replace(/[\s·•.．]/g, '')) return fail('refund.notHolder', { field: 'refund.holderName' })
  const account = refund.account?.replace(/[\s-]/g, '')
  switch (refund.route) {
    case 'cash':
    case 'originalChannel':
      return ok({ route: refund.route, holderName: holder })
    case 'bankCard':
      if (!account || !/^\d{12,19}$/.test(account)) return fail('refund.accountMissing', { field: 'refund.account' })
      return ok({ route: refund.route, account, holderName: holder })
    case 'mobileNumber':
      if (account === case_.msisdn) return fail('refund.sameNumber', { field: 'refund.account' })
      if (!account || !msisdnSchema.safeParse(account).success)
        return fail('refund.accountMissing', { field: 'refund.account' })
      return ok({ route: refund.route, account, holderName: holder })
  }
}

/** Saves where a refund goes, whom to call and why the customer leaves. Errors: `refund.*`, `contact.sameNumber`. */
export const saveSettlement: Handler<'case.saveSettlement'> = async (input, context, staff) => {
  const { caseId, contact, disconnectReason } = input
  return changeCase(
    context,
    { caseId, action: 'case.saveSettlement', staff, details: { route: input.refund?.route, disconnectReason } },
    (case_) => {
      if (contact.phone === case_.msisdn) return fail('contact.sameNumber', { field: 'contact.phone' })
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
