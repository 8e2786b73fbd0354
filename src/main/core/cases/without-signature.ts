import type { Case } from '../../../shared/domain/case.ts'

/** The case without its signature: whatever was signed is no longer what would be done. */
export function withoutSignature(case_: Case): Case {
  const { signature: _, ...unsigned } = case_
  return { ...unsigned, attachments: case_.attachments.filter((attachment) => attachment.kind !== 'signedForm') }
}
