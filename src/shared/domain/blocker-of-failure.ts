import type { ErrorCode } from '../contract/errors.ts'
import type { Blocker } from './blocker.ts'
import type { Failure } from './result.ts'

/**
 * What stands in the way outside of the pre-check comes as a failure: when the number is asked for, when the holder is
 * proved, in the form, at the dispatch. The same finding, met in another stage.
 */
const codes: Partial<Record<ErrorCode, string>> = {
  'number.notFound': 'NOT_FOUND',
  'number.notRemote': 'NOT_REMOTE',
  'number.otherCarrier': 'OTHER_CARRIER',
  'number.iot': 'IOT_CARD',
  'proof.idMismatch': 'ID_MISMATCH',
  'proof.nameMismatch': 'NAME_MISMATCH',
  'proof.documentUnsupported': 'UNSUPPORTED_DOC',
  'proof.passwordWrong': 'PASSWORD_FAIL',
  'proof.codeWrong': 'OTP_INVALID',
  'proof.oftenCalledWrong': 'FRIEND_NUMBER_FAIL',
  'proof.faceMismatch': 'FACE_FAIL',
  'proof.locked': 'AUTH_LOCKED',
  'proof.expired': 'TOKEN_EXPIRED',
  'document.expired': 'ID_EXPIRED',
  'document.minor': 'MINOR_NO_GUARDIAN',
  'asker.needsGuardian': 'MINOR_NO_GUARDIAN',
  'asker.needsAgent': 'AGENT_NOT_ALLOWED',
  'asker.needsHeir': 'OWNER_DECEASED',
  'order.alreadyDispatched': 'ALREADY_DISPATCHED',
  'order.attachmentMissing': 'ATTACHMENT_MISSING',
  'contact.sameNumber': 'CONTACT_SAME',
  'refund.sameNumber': 'TRANSFER_SAME',
  'refund.notHolder': 'TRANSFER_NAME_MISMATCH',
}

/** The finding a failure is about; undefined where a failure is no finding of a home province but a slip of the hand. */
export function blockerOfFailure({ code, params = {} }: Failure): Blocker | undefined {
  const agent = code === 'asker.notAllowed' && params.asker === 'agent' ? 'AGENT_NOT_ALLOWED' : undefined
  const found = codes[code] ?? agent ?? (typeof params.blocker === 'string' ? params.blocker : undefined)
  return found === undefined ? undefined : { code: found, params }
}
