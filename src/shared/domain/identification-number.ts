import { ageOn, parseDate, type ShanghaiDate } from './calendar.ts'
import { provinces } from './geography.ts'
import type { IdentificationType } from './identification-type.ts'
import { fail, ok, type Result } from './result.ts'

const field = 'identificationId'
const malformed = (): Result<never> => fail('document.numberMalformed', { field })

/** What a number says about the person who has it. */
export interface ReadNumber {
  birth: ShanghaiDate
  sex?: 'male' | 'female'
}

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

const regionExists = (code: string) => (provinces as readonly string[]).includes(code.slice(0, 2))

function check18(id: string, region: (id: string) => boolean, today: ShanghaiDate): Result<string> {
  if (!/^\d{17}[\dX]$/.test(id)) return malformed()
  if (residentIdCheckCharacter(id.slice(0, 17)) !== id[17]) return fail('document.checkDigit', { field })
  if (!region(id)) return fail('document.region', { field })
  const read = readIdNumber(id)
  if (!read || read.birth > today || read.birth < '1880-01-01') return fail('document.birthDate', { field })
  return ok(id)
}

const creditAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2] as const

/** The check character of an organisation code (GB 11714-1997, MOD 11) for its first eight characters; letters count from A = 10. */
export function organisationCheckCharacter(first8: string): string {
  const sum = organisationWeights.reduce((total, weight, i) => total + Number.parseInt(first8[i]!, 36) * weight, 0)
  const check = 11 - (sum % 11)
  return check === 10 ? 'X' : check === 11 ? '0' : String(check)
}

/** The check character of a unified social credit code (GB 32100-2015, MOD 31) for its first 17 characters. */
export function creditCheckCharacter(first17: string): string {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    sum += creditAlphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return creditAlphabet[(31 - (sum % 31)) % 31]!
}

/**
 * Unified social credit code: registering department and kind, six digits of the region (100000 is the nation's own register), the
 * organisation code with its own check character, and the check character over all.
 */
function checkCreditCode(id: string): Result<string> {
  if (!/^[1-9ANY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(id)) return malformed()
  if (creditCheckCharacter(id.slice(0, 17)) !== id[17]) return fail('document.checkDigit', { field })
  if (organisationCheckCharacter(id.slice(8, 16)) !== id[16]) return fail('document.checkDigit', { field })
  return regionExists(id.slice(2)) || id.slice(2, 8) === '100000' ? ok(id) : fail('document.region', { field })
}

/** Birth date inside a foreign permanent resident card of 2017: letters, four digits of the region, YYMMDD, order, check. */
function birthOfPermanentResident(id: string, today: ShanghaiDate): ShanghaiDate | undefined {
  const [year, month, day] = [id.slice(7, 9), id.slice(9, 11), id.slice(11, 13)]
  const recent = parseDate(`20${year}-${month}-${day}`)
  return recent && recent <= today ? recent : parseDate(`19${year}-${month}-${day}`)
}

function checkPermanentResident(id: string, today: ShanghaiDate): Result<string> {
  // 2023 card: 9, two digits of the region, three of the nationality, then as a citizen's number.
  if (id.startsWith('9')) return check18(id, (number) => regionExists(number.slice(1)), today)
  if (!/^[A-Z]{3}\d{12}$/.test(id)) return malformed()
  if (!regionExists(id.slice(3))) return fail('document.region', { field })
  return birthOfPermanentResident(id, today) ? ok(id) : fail('document.birthDate', { field })
}

/** The number as registers have it: no spaces, capital letters, ASCII forms of full-width characters. */
export function plainNumber(id: string): string {
  return id.normalize('NFKC').replace(/\s/g, '').toUpperCase()
}

/**
 * Checks a plain number by the rules of its type: pattern, every check character, region, birth date. Errors, all for the field
 * `identificationId`: `document.numberMalformed`, `document.checkDigit`, `document.region`, `document.birthDate`.
 */
export function checkNumber(type: IdentificationType, id: string, today: ShanghaiDate): Result<string> {
  const matches = (pattern: RegExp): Result<string> => (pattern.test(id) ? ok(id) : malformed())
  switch (type) {
    case 'RESIDENT_ID':
    case 'TEMP_ID':
    case 'HUKOU':
      return check18(id, regionExists, today)
    case 'HMT_RESIDENCE':
      // Hong Kong 810000, Macao 820000, Taiwan 830000.
      return /^8[123]0000/.test(id) ? check18(id, () => true, today) : malformed()
    case 'FOREIGN_PR':
      return checkPermanentResident(id, today)
    case 'HM_PERMIT':
      // H Hong Kong, M Macao; eight digits for life, and on older cards two more that count the issues.
      return matches(/^[HM](\d{8}|\d{10})$/)
    case 'TW_PERMIT':
      return matches(/^(\d{8}|\d{10})$/)
    case 'PLA_ID':
      // Written `军字第2001988号`; no official pattern was found, so letters and digits alone pass as well.
      return matches(/^((?!武)\p{Script=Han}{1,4}字第[A-Z0-9]{4,10}号|[A-Z0-9]{6,12})$/u)
    case 'PAP_ID':
      return matches(/^(武\p{Script=Han}{0,3}字第[A-Z0-9]{4,10}号|[A-Z0-9]{6,12})$/u)
    case 'FOREIGN_PASSPORT':
      return matches(/^[A-Z0-9]{5,15}$/)
    case 'UNIT_LICENSE':
      return checkCreditCode(id)
  }
}

/** Birth date and sex a number carries; undefined for types whose number says nothing about its holder. */
export function readNumber(type: IdentificationType, id: string, today: ShanghaiDate): ReadNumber | undefined {
  if (type === 'UNIT_LICENSE') return undefined
  if (/^\d{17}[\dX]$/.test(id)) return readIdNumber(id)
  if (type !== 'FOREIGN_PR' || !/^[A-Z]{3}\d{12}$/.test(id)) return undefined
  const birth = birthOfPermanentResident(id, today)
  return birth && { birth }
}

/** Full years of age that a number tells of on a day; undefined when it tells nothing. */
export function ageOf(type: IdentificationType, id: string, today: ShanghaiDate): number | undefined {
  const read = readNumber(type, plainNumber(id), today)
  return read && ageOn(read.birth, today)
}
