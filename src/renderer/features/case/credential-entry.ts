import { parseMsisdn } from '../../../shared/domain/msisdn.ts'
import type { Problem } from './document-entry.ts'
import type { ProofDraft } from './drafts.ts'

export type CredentialField = 'servicePassword' | 'oneTimeCode' | 'oftenCalledNumbers'

/** What a premium number's holder must name at least (domain facts: two or three). */
const fewestOftenCalled = 2

/** What is not right yet with the credential, and in which field; undefined when it may be sent. */
export function credentialProblem(
  draft: ProofDraft,
  premium: boolean,
): { field: CredentialField; problem: Problem } | undefined {
  if (draft.factor === 'servicePassword' && draft.servicePassword === '')
    return { field: 'servicePassword', problem: { key: 'case.identity.needPassword' } }
  if (draft.factor === 'oneTimeCode' && !/^\d{6}$/.test(draft.oneTimeCode))
    return { field: 'oneTimeCode', problem: { key: 'case.identity.needCode' } }
  if (!premium) return undefined
  const typed = draft.oftenCalled.filter((number) => number.trim() !== '')
  const right = typed.length >= fewestOftenCalled && typed.every((number) => parseMsisdn(number).ok)
  return right ? undefined : { field: 'oftenCalledNumbers', problem: { key: 'case.identity.needOftenCalled' } }
}
