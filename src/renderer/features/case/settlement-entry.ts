import type { Case } from '../../../shared/domain/case.ts'
import { parseMsisdn } from '../../../shared/domain/msisdn.ts'
import type { AskerRule } from '../../../shared/domain/papers.ts'
import { refundName } from '../../../shared/domain/refund-name.ts'
import type { Contact, Refund } from '../../../shared/protocol/jobs.ts'
import type { Problem } from './document-entry.ts'
import type { DisconnectReason, SettlementDraft } from './drafts.ts'

export const refundRoutes = ['bankCard', 'mobileNumber', 'originalChannel', 'cash'] as const
export const disconnectReasons = ['moved', 'tooExpensive', 'changedCarrier', 'unusedNumber', 'other'] as const

export type SettlementField = 'account' | 'holderName' | 'contactName' | 'contactPhone' | 'disconnectReason'

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
    ...draft,
  }
}

/** Whether something saved was changed and is not saved yet. */
export function settlementEdited(draft: Partial<SettlementDraft>, case_: Case, rule?: AskerRule): boolean {
  const saved = settlementForm({}, case_, rule)
  const fields = ['route', 'account', 'holderName', 'contactName', 'contactPhone', 'disconnectReason'] as const
  return fields.some((field) => draft[field] !== undefined && compact(draft[field]) !== compact(saved[field]))
}

function compact(text: string | undefined): string {
  return (text ?? '').replace(/\s/g, '')
}

/** What is not right yet; the refund is looked at only when something goes back. */
export function settlementProblems(
  form: SettlementDraft,
  refundDue: boolean,
): Partial<Record<SettlementField, Problem>> {
  const problems: Partial<Record<SettlementField, Problem>> = {}
  if (refundDue) {
    if (!form.holderName.trim()) problems.holderName = { key: 'case.settlement.needName' }
    if (needsAccount(form.route) && !compact(form.account)) problems.account = { key: 'case.settlement.needAccount' }
  }
  if (!form.contactName.trim()) problems.contactName = { key: 'case.settlement.needName' }
  if (!parseMsisdn(form.contactPhone).ok) problems.contactPhone = { key: 'case.settlement.needPhone' }
  if (!form.disconnectReason) problems.disconnectReason = { key: 'case.settlement.needReason' }
  return problems
}

/** What `case.saveSettlement` takes; undefined while the form has problems. */
export function settlementInput(
  form: SettlementDraft,
  refundDue: boolean,
): { refund?: Refund; contact: Contact; disconnectReason: DisconnectReason } | undefined {
  const phone = parseMsisdn(form.contactPhone)
  if (Object.keys(settlementProblems(form, refundDue)).length > 0 || !phone.ok || !form.disconnectReason)
    return undefined
  const refund: Refund = {
    route: form.route,
    ...(needsAccount(form.route) ? { account: compact(form.account) } : {}),
    holderName: form.holderName.trim(),
  }
  return {
    ...(refundDue ? { refund } : {}),
    contact: { name: form.contactName.trim(), phone: phone.value },
    disconnectReason: form.disconnectReason,
  }
}
