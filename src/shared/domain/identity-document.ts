import { z } from 'zod'
import { ageOn, type ShanghaiDate } from './calendar.ts'
import { checkValidity } from './document-validity.ts'
import { checkNumber, plainNumber, readNumber } from './identification-number.ts'
import { documentTypes, identificationTypeSchema } from './identification-type.ts'
import { longestMrz, mrzContradictions, readMrz } from './mrz-reading.ts'
import { fail, ok, type Result } from './result.ts'
import { dateSchema } from './scalars.ts'

export { readIdNumber, residentIdCheckCharacter } from './identification-number.ts'
export { type IdentificationType, identificationTypeSchema, identificationTypes } from './identification-type.ts'

/** Code of a reason for which a document with a chip was typed instead of read; the rules of the place list them (product row 2). */
export const manualReasonCodeSchema = z.string().regex(/^[a-z][A-Za-z]{1,30}$/)

/** TM Forum individualIdentification, as read from the document. `validTo: null` means 长期 (no end). */
export const identityDocumentSchema = z.object({
  identificationType: identificationTypeSchema,
  identificationId: z.string().trim().min(1).max(40),
  name: z.string().trim().min(1).max(60),
  issuingAuthority: z.string().trim().max(60).default(''),
  validFrom: dateSchema.optional(),
  validTo: dateSchema.nullable(),
  /** How it came in: typed by the clerk, or read from the chip. */
  entry: z.enum(['manual', 'reader']),
  /** Why it was typed although it has a chip. */
  manualReason: manualReasonCodeSchema.optional(),
  /** The same in the clerk's words, where the reason alone does not say it. */
  manualNote: z.string().trim().min(2).max(100).optional(),
  /** The machine-readable zone as scanned, for types that carry one. */
  mrz: z.string().max(longestMrz).optional(),
})
export type IdentityDocument = z.infer<typeof identityDocumentSchema>

/** A minor needs the guardian present; the guardian's flow is not the holder's (domain facts, MINOR_NO_GUARDIAN). */
export const adultAge = 18

/** What is expected of the person whose document it is. */
export interface Expectation {
  /** `adult`: a minor is refused. `minor`: only a minor. */
  age: 'adult' | 'minor' | 'any'
  /** The document may have ended: a deceased holder's is only stated, not shown. */
  mayBeOver: boolean
}
/** What is expected where nothing else is said. */
export const anAdult: Expectation = { age: 'adult', mayBeOver: false }

/** The zone, where there is one: readable, every check digit right, and nothing in it that contradicts what was typed. */
function checkMrz(document: IdentityDocument, today: ShanghaiDate): Result<ShanghaiDate | undefined> {
  if (!document.mrz) return ok(undefined)
  const reading = readMrz(document.mrz, today)
  if (!reading.ok) return reading
  const { format, checks, birth } = reading.value
  if (format !== documentTypes[document.identificationType].mrz) return fail('document.mrzUnreadable', { field: 'mrz' })
  const wrong = checks.find((check) => !check.ok)
  if (wrong) return fail('document.mrzCheckDigit', { field: 'mrz', params: { check: wrong.name } })
  const [contradicted] = mrzContradictions(reading.value, document)
  return contradicted
    ? fail('document.mrzContradiction', { field: contradicted, params: { fieldName: contradicted } })
    : ok(birth)
}

/** Whether a birth date, where it is known, is that of who is expected. Errors: `document.minor`, `document.notMinor`, with `age`. */
export function checkAge(
  birth: ShanghaiDate | undefined,
  expected: Expectation,
  today: ShanghaiDate,
): Result<undefined> {
  if (!birth || expected.age === 'any') return ok(undefined)
  const age = ageOn(birth, today)
  if (expected.age === 'adult' && age < adultAge)
    return fail('document.minor', { field: 'identificationId', params: { age } })
  if (expected.age === 'minor' && age >= adultAge)
    return fail('document.notMinor', { field: 'identificationId', params: { age } })
  return ok(undefined)
}

/**
 * Checks a document as a clerk would: number pattern, check digits, region, dates, expiry, machine-readable zone, age. `today` is the
 * Shanghai date. Answers the document with its number in plain form. Errors: those of `checkNumber` and `checkValidity`,
 * `document.mrzUnreadable`, `document.mrzCheckDigit` with `check`, `document.mrzContradiction`, `document.minor`, `document.notMinor`,
 * each with its field.
 */
export function checkDocument(
  input: IdentityDocument,
  today: ShanghaiDate,
  expected: Expectation = anAdult,
): Result<IdentityDocument> {
  const document = { ...input, identificationId: plainNumber(input.identificationId) }
  const number = checkNumber(document.identificationType, document.identificationId, today)
  if (!number.ok) return number
  const validity = checkValidity(document, today, expected.mayBeOver)
  if (!validity.ok) return validity
  const birthByMrz = checkMrz(document, today)
  if (!birthByMrz.ok) return birthByMrz
  const birth = readNumber(document.identificationType, document.identificationId, today)?.birth ?? birthByMrz.value
  const age = checkAge(birth, expected, today)
  return age.ok ? ok(document) : age
}
