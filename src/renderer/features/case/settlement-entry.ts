import type { Bill } from '../../../shared/domain/account.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { parseMsisdn } from '../../../shared/domain/msisdn.ts'
import type { AskerRule } from '../../../shared/domain/papers.ts'
import { refundName } from '../../../shared/domain/refund-name.ts'
import type { Contact, InvoiceReturn, Refund } from '../../../shared/protocol/jobs.ts'
import type { Problem } from './document-entry.ts'
import type { DisconnectReason, InvoiceDraft, SettlementDraft } from './drafts.ts'

export { refundRoutes } from '../../../shared/domain/refund-routes.ts'
export const disconnectReasons = ['moved', 'tooExpensive', 'changedCarrier', 'unusedNumber', 'other'] as const

export type SettlementField =
  | 'invoices'
  | 'account'
  | 'holderName'
  | 'contactName'
  | 'contactPhone'
  | 'disconnectReason'

/** Whether a way of refunding needs an account. */
export function needsAccount(route: Refund['route']): boolean {
  return route === 'bankCard' || route === 'mobileNumber'
}

/** The form as shown: what was typed, otherwise what is saved, otherwise the holder, who is the usual answer. */
export function settlementForm(draft: Partial<SettlementDraft>, case_: Case, rule?: AskerRule): SettlementDraft {
  const owner = refundName(case_, rule) ?? ''
  return {
    route: case_.refund?.route ?? 'bankCard',
    account: case_.refund?.account ?? '',
    holderName: case_.refund?.holderName ?? owner,
    // Whoever is at the counter is called first.
    contactName: case_.contact?.name ?? case_.asker?.document?.name ?? owner,
    contactPhone: case_.contact?.phone ?? '',
    disconnectReason: case_.disconnectReason,
    method: 'cash',
    authorizationCode: '',
    tendered: '',
    amount: '',
    invoices: Object.fromEntries(
      (case_.invoices ?? []).map(({ billId, way, invoiceNumber }) => [billId, { way, number: invoiceNumber }]),
    ),
    ...draft,
  }
}

/** Whether something saved was changed and is not saved yet. */
export function settlementEdited(draft: Partial<SettlementDraft>, case_: Case, rule?: AskerRule): boolean {
  const saved = settlementForm({}, case_, rule)
  const fields = ['route', 'account', 'holderName', 'contactName', 'contactPhone', 'disconnectReason'] as const
  const invoices = JSON.stringify(draft.invoices ?? saved.invoices) !== JSON.stringify(saved.invoices)
  return (
    invoices || fields.some((field) => draft[field] !== undefined && compact(draft[field]) !== compact(saved[field]))
  )
}

function compact(text: string | undefined): string {
  return (text ?? '').replace(/\s/g, '')
}

/** What was entered for a bill's invoice; its original coming back is the usual answer. */
export function invoiceDraft(form: SettlementDraft, billId: string): InvoiceDraft {
  return form.invoices[billId] ?? { way: 'originalReturned', number: '' }
}

/** Whether a text is an invoice number: 8 to 20 digits, as old and electronic invoices carry them. */
export function isInvoiceNumber(text: string): boolean {
  return /^\d{8,20}$/.test(compact(text))
}

/** What is not right yet; the refund is looked at only when something goes back. */
export function settlementProblems(
  form: SettlementDraft,
  refundDue: boolean,
  bills: readonly Bill[] = [],
): Partial<Record<SettlementField, Problem>> {
  const problems: Partial<Record<SettlementField, Problem>> = {}
  if (refundDue) {
    if (!form.holderName.trim()) problems.holderName = { key: 'case.settlement.needName' }
    if (needsAccount(form.route) && !compact(form.account)) problems.account = { key: 'case.settlement.needAccount' }
  }
  if (bills.some((bill) => !isInvoiceNumber(invoiceDraft(form, bill.id).number)))
    problems.invoices = { key: 'case.settlement.needInvoice' }
  if (!form.contactName.trim()) problems.contactName = { key: 'case.settlement.needName' }
  if (!parseMsisdn(form.contactPhone).ok) problems.contactPhone = { key: 'case.settlement.needPhone' }
  if (!form.disconnectReason) problems.disconnectReason = { key: 'case.settlement.needReason' }
  return problems
}

/** What `case.saveSettlement` takes; undefined while the form has problems. */
export function settlementInput(
  form: SettlementDraft,
  refundDue: boolean,
  bills: readonly Bill[] = [],
): { refund?: Refund; invoices: InvoiceReturn[]; contact: Contact; disconnectReason: DisconnectReason } | undefined {
  const phone = parseMsisdn(form.contactPhone)
  if (Object.keys(settlementProblems(form, refundDue, bills)).length > 0 || !phone.ok || !form.disconnectReason)
    return undefined
  const refund: Refund = {
    route: form.route,
    ...(needsAccount(form.route) ? { account: compact(form.account) } : {}),
    holderName: form.holderName.trim(),
  }
  return {
    ...(refundDue ? { refund } : {}),
    invoices: bills.map((bill) => {
      const { way, number } = invoiceDraft(form, bill.id)
      return { billId: bill.id, way, invoiceNumber: compact(number), amountFen: bill.amountFen }
    }),
    contact: { name: form.contactName.trim(), phone: phone.value },
    disconnectReason: form.disconnectReason,
  }
}
