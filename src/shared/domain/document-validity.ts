import { addDays, ageOn, type ShanghaiDate } from './calendar.ts'
import { readNumber } from './identification-number.ts'
import { documentTypes, type IdentificationType } from './identification-type.ts'
import { fail, ok, type Result } from './result.ts'

/** When a document is valid; `validTo: null` means 长期 (no end). */
export interface Validity {
  identificationType: IdentificationType
  identificationId: string
  validFrom?: ShanghaiDate | undefined
  validTo: ShanghaiDate | null
}

/** Years a resident ID card is valid, by the age at issue (Resident Identity Card Law, art. 5); undefined: no end. */
export function residentCardYears(ageAtIssue: number): 5 | 10 | 20 | undefined {
  if (ageAtIssue < 16) return 5
  if (ageAtIssue < 26) return 10
  return ageAtIssue < 46 ? 20 : undefined
}

/** The same day `years` later; 29 February becomes the 28th or the 1st, whichever the issuer took. */
function yearsLater(from: ShanghaiDate, years: number): readonly string[] {
  const year = String(Number(from.slice(0, 4)) + years)
  return from.endsWith('02-29') ? [`${year}-02-28`, `${year}-02-29`, `${year}-03-01`] : [`${year}${from.slice(4)}`]
}

/** A temporary card lives three months (Measures on Temporary Resident Identity Cards, art. 6). */
const temporaryCardDays = 92

function checkSpan(document: Validity, birth: ShanghaiDate | undefined): Result<undefined> {
  const { identificationType, validFrom, validTo } = document
  if (!validFrom) return ok(undefined)
  if (identificationType === 'TEMP_ID' && validTo && validTo > addDays(validFrom, temporaryCardDays))
    return fail('document.validitySpan', { field: 'validTo', params: { years: 0.25 } })
  if (identificationType !== 'RESIDENT_ID' || !birth) return ok(undefined)
  const years = residentCardYears(ageOn(birth, validFrom))
  if (years === undefined)
    return validTo === null ? ok(undefined) : fail('document.validitySpan', { field: 'validTo', params: { years: 99 } })
  return validTo !== null && yearsLater(validFrom, years).includes(validTo)
    ? ok(undefined)
    : fail('document.validitySpan', { field: 'validTo', params: { years } })
}

/**
 * Checks the dates of a document on a Shanghai day: order, begun, not over, an end where its type needs one, and for resident cards the
 * span that follows from the age at issue. `mayBeOver` accepts a document whose life has ended (a deceased holder's). Errors:
 * `document.validityOrder`, `document.notYetValid`, `document.expired`, `document.endMissing`, `document.validitySpan`
 * with `years` (99: no end; 0.25: three months).
 */
export function checkValidity(document: Validity, today: ShanghaiDate, mayBeOver = false): Result<undefined> {
  const { identificationType, validFrom, validTo } = document
  if (validFrom && validTo && validFrom >= validTo) return fail('document.validityOrder', { field: 'validTo' })
  if (validFrom && validFrom > today)
    return fail('document.notYetValid', { field: 'validFrom', params: { date: validFrom } })
  if (validTo && validTo < today && !mayBeOver)
    return fail('document.expired', { field: 'validTo', params: { date: validTo } })
  if (validTo === null && documentTypes[identificationType].noEnd === 'never' && !mayBeOver)
    return fail('document.endMissing', { field: 'validTo' })
  if (mayBeOver) return ok(undefined)
  return checkSpan(document, readNumber(identificationType, document.identificationId, today)?.birth)
}
