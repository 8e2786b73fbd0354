import { z } from 'zod'
import { ageOn, parseDate, type ShanghaiDate } from './calendar.ts'
import { fail, ok, type Result } from './result.ts'
import { dateSchema } from './scalars.ts'

/** Document types accepted for real-name registration (2013 rule) plus those found in practice (domain facts). */
export const identificationTypes = [
  'RESIDENT_ID',
  'TEMP_ID',
  'HUKOU',
  'PLA_ID',
  'PAP_ID',
  'HM_PERMIT',
  'TW_PERMIT',
  'HMT_RESIDENCE',
  'FOREIGN_PASSPORT',
  'FOREIGN_PR',
  'UNIT_LICENSE',
] as const
export const identificationTypeSchema = z.enum(identificationTypes)
export type IdentificationType = z.infer<typeof identificationTypeSchema>

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
})
export type IdentityDocument = z.infer<typeof identityDocumentSchema>

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const checkMap = '10X98765432'

/** The check character for 17 digits: ISO 7064 MOD 11-2 with the weights of GB 11643-1999. */
export function residentIdCheckCharacter(first17: string): string {
  let sum = 0
  for (const [i, weight] of weights.entries()) sum += Number(first17[i]) * weight
  return checkMap[sum % 11]!
}

/** Birth date and sex carried by an 18-character number; undefined when the date does not exist. */
export function readIdNumber(id: string): { birth: ShanghaiDate; sex: 'male' | 'female' } | undefined {
  const birth = parseDate(`${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`)
  if (!birth) return undefined
  return { birth, sex: Number(id[16]) % 2 === 1 ? 'male' : 'female' }
}

function check18(id: string, today: ShanghaiDate): Result<string> {
  if (!/^\d{17}[\dX]$/.test(id)) return fail('document.numberMalformed', { field: 'identificationId' })
  if (residentIdCheckCharacter(id.slice(0, 17)) !== id[17])
    return fail('document.checkDigit', { field: 'identificationId' })
  const read = readIdNumber(id)
  if (!read || read.birth > today || read.birth < '1880-01-01')
    return fail('document.birthDate', { field: 'identificationId' })
  return ok(id)
}

/** Unified social credit code: GB 32100-2015, 31-character alphabet, MOD 31. */
function checkCreditCode(id: string): Result<string> {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(id)) return fail('document.numberMalformed', { field: 'identificationId' })
  let sum = 0
  let weight = 1
  for (const character of id.slice(0, 17)) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  const check = (31 - (sum % 31)) % 31
  return alphabet[check] === id[17] ? ok(id) : fail('document.checkDigit', { field: 'identificationId' })
}

function checkNumber(type: IdentificationType, id: string, today: ShanghaiDate): Result<string> {
  const matches = (pattern: RegExp): Result<string> =>
    pattern.test(id) ? ok(id) : fail('document.numberMalformed', { field: 'identificationId' })
  switch (type) {
    case 'RESIDENT_ID':
    case 'TEMP_ID':
    case 'HUKOU':
      return check18(id, today)
    case 'HMT_RESIDENCE':
      return /^8[123]0000/.test(id)
        ? check18(id, today)
        : fail('document.numberMalformed', { field: 'identificationId' })
    case 'FOREIGN_PR':
      // 2017 card: three letters and twelve digits; 2023 card: eighteen digits starting with 9.
      if (/^[A-Z]{3}\d{12}$/.test(id)) return ok(id)
      return id.startsWith('9') ? check18(id, today) : fail('document.numberMalformed', { field: 'identificationId' })
    case 'HM_PERMIT':
      return matches(/^[HM](\d{8}|\d{10})$/)
    case 'TW_PERMIT':
      return matches(/^(\d{8}|\d{10})$/)
    case 'PLA_ID':
    case 'PAP_ID':
      return matches(/^[\p{Script=Han}A-Z0-9第号]{4,20}$/u)
    case 'FOREIGN_PASSPORT':
      return matches(/^[A-Z0-9]{5,15}$/)
    case 'UNIT_LICENSE':
      return checkCreditCode(id)
  }
}

/** A minor needs the guardian present; the guardian's flow is not the holder's (domain facts, MINOR_NO_GUARDIAN). */
export const adultAge = 18

/**
 * Checks a document as a clerk would: number pattern, check digit, dates, expiry, age. `today` is the Shanghai date.
 * Errors: `document.numberMalformed`, `document.checkDigit`, `document.birthDate`, `document.validityOrder`,
 * `document.notYetValid`, `document.expired`, `document.minor`, each with its field.
 */
export function checkDocument(input: IdentityDocument, today: ShanghaiDate): Result<IdentityDocument> {
  const id = input.identificationId.replace(/\s/g, '').toUpperCase()
  const number = checkNumber(input.identificationType, id, today)
  if (!number.ok) return number
  if (input.validFrom && input.validTo && input.validFrom >= input.validTo)
    return fail('document.validityOrder', { field: 'validTo' })
  if (input.validFrom && input.validFrom > today)
    return fail('document.notYetValid', { field: 'validFrom', params: { date: input.validFrom } })
  if (input.validTo && input.validTo < today)
    return fail('document.expired', { field: 'validTo', params: { date: input.validTo } })
  const birth = /^\d{17}[\dX]$/.test(id) ? readIdNumber(id)?.birth : undefined
  if (birth && input.identificationType !== 'UNIT_LICENSE' && ageOn(birth, today) < adultAge)
    return fail('document.minor', { field: 'identificationId', params: { age: ageOn(birth, today) } })
  return ok({ ...input, identificationId: id })
}
