import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { checkDocument, type IdentityDocument } from '../../../src/shared/domain/identity-document.ts'
import {
  type AskerRule,
  checkManualEntry,
  checkSecond,
  checkType,
  expectationsOf,
  type PaperRules,
  papersNeeded,
} from '../../../src/shared/domain/papers.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ProofRequest } from '../../../src/shared/protocol/identity.ts'

/** The people of a proof, checked against the rules of the number's place. */
export interface CheckedAsker {
  rule: AskerRule
  holder: IdentityDocument
  second: IdentityDocument | undefined
  /** Whose face is compared. */
  present: IdentityDocument
}

/** The same failure for a document inside the request. */
export function atDocument(field: string, failed: Result<unknown>): Result<never> {
  if (failed.ok) throw new Error('nothing failed')
  return fail(failed.error.code, { ...failed.error, field: `${field}.${failed.error.field}` })
}

/**
 * Whether this asker may ask here, with these documents, typed by staff of this role. `today` is the Shanghai date. Errors:
 * `asker.*`, `document.*` with the document's path.
 */
export function checkAsker(
  rules: PaperRules,
  request: Pick<ProofRequest, 'asker' | 'document' | 'secondDocument'>,
  role: string,
  today: ShanghaiDate,
): Result<CheckedAsker> {
  const { asker } = request
  const needed = papersNeeded(rules, asker)
  if (!needed.ok) return needed
  const { rule } = needed.value
  const expected = expectationsOf(rule)
  const checked: { holder?: IdentityDocument; second?: IdentityDocument } = {}
  for (const [who, field, document] of [
    ['holder', 'document', request.document],
    ['second', 'secondDocument', rule.second ? request.secondDocument : undefined],
  ] as const) {
    if (!document) continue
    const fits = checkType(rules, asker, who, document.identificationType)
    if (!fits.ok) return atDocument(field, fits)
    const right = checkDocument(document, today, expected[who])
    if (!right.ok) return atDocument(field, right)
    // A deceased holder has no card that could be read.
    const entry =
      who === 'holder' && rule.holder.document === 'stated' ? ok(undefined) : checkManualEntry(rules, document, role)
    if (!entry.ok) return atDocument(field, entry)
    checked[who] = right.value
  }
  const { holder, second } = checked
  if (!holder) return fail('document.missing')
  const two = checkSecond(asker, holder, second)
  if (!two.ok) return two
  return ok({ rule, holder, second, present: rule.face === 'second' && second ? second : holder })
}
