import { addDays, ageOn, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { residentCardYears } from '../../../src/shared/domain/document-validity.ts'
import {
  creditCheckCharacter,
  organisationCheckCharacter,
  residentIdCheckCharacter,
} from '../../../src/shared/domain/identification-number.ts'
import type { IdentificationType } from '../../../src/shared/domain/identification-type.ts'
import type { District } from './places.ts'
import type { Random } from './random.ts'

const creditAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const nationalities = [
  { letters: 'USA', digits: '840' },
  { letters: 'JPN', digits: '392' },
  { letters: 'KOR', digits: '410' },
  { letters: 'DEU', digits: '276' },
  { letters: 'FRA', digits: '250' },
]

export interface Birth {
  year: number
  /** `YYYYMMDD`. */
  compact: string
}

/** A birth day in a range of years; days go to 28 so that every month has them. */
export function drawBirth(fromYear: number, toYear: number, random: Random): Birth {
  const year = random.integer(fromYear, toYear)
  const month = String(random.integer(1, 12)).padStart(2, '0')
  return { year, compact: `${year}${month}${String(random.integer(1, 28)).padStart(2, '0')}` }
}

function withCheckCharacter(first17: string): string {
  return first17 + residentIdCheckCharacter(first17)
}

function sequence(sex: 'male' | 'female', random: Random): string {
  return random.digits(2) + String(random.integer(0, 4) * 2 + (sex === 'male' ? 1 : 0))
}

/** Unified social credit code (GB 32100-2015) of an enterprise of the district. */
function creditCode(district: District, random: Random): string {
  let code = `91${district.addressCode}`
  // Nine draws, as ever: what is drawn for the place of the organisation code's check character is not used.
  while (code.length < 16) code += creditAlphabet[random.integer(0, 30)]
  random.integer(0, 30)
  code += organisationCheckCharacter(code.slice(8))
  return code + creditCheckCharacter(code)
}

/** A document number with the right pattern and check digit for its type. */
export function drawDocumentNumber(
  type: IdentificationType,
  district: District,
  birth: Birth,
  sex: 'male' | 'female',
  random: Random,
): string {
  switch (type) {
    case 'RESIDENT_ID':
    case 'TEMP_ID':
    case 'HUKOU':
      return withCheckCharacter(district.addressCode + birth.compact + sequence(sex, random))
    case 'HMT_RESIDENCE':
      return withCheckCharacter(`8${random.integer(1, 3)}0000${birth.compact}${sequence(sex, random)}`)
    case 'FOREIGN_PR': {
      const nation = random.pick(nationalities)
      const area = district.addressCode.slice(0, 2)
      return random.chance(0.5)
        ? nation.letters + district.addressCode.slice(0, 4) + birth.compact.slice(2) + random.digits(2)
        : withCheckCharacter(`9${area}${nation.digits}${birth.compact}${sequence(sex, random)}`)
    }
    case 'PLA_ID':
      return `军字第${random.digits(7)}号`
    case 'PAP_ID':
      return `武字第${random.digits(7)}号`
    case 'HM_PERMIT':
      return random.pick(['H', 'M']) + random.digits(8)
    case 'TW_PERMIT':
      return random.digits(8)
    case 'FOREIGN_PASSPORT':
      return random.pick(['E', 'K', 'P', 'X']) + random.digits(8)
    case 'UNIT_LICENSE':
      return creditCode(district, random)
  }
}

/** Who issues a document of the type. */
export function issuerOf(type: IdentificationType, district: District): string {
  switch (type) {
    case 'PLA_ID':
      return '中央军委政治工作部'
    case 'PAP_ID':
      return '武警部队政治工作部'
    case 'HM_PERMIT':
    case 'TW_PERMIT':
      return '公安部出入境管理局'
    case 'FOREIGN_PR':
      return '国家移民管理局'
    case 'FOREIGN_PASSPORT':
      return 'Passport Office'
    case 'UNIT_LICENSE':
      return `${district.city}市市场监督管理局`
    default:
      return district.authority
  }
}

export interface Validity {
  validFrom: ShanghaiDate | null
  validTo: ShanghaiDate | null
}

/**
 * From when to when a document is valid, seen from `today`. Years move with `today`, day and month do not, so that a
 * base generated next year still has valid documents.
 */
export function drawValidity(
  type: IdentificationType,
  birth: Birth,
  expired: boolean,
  today: ShanghaiDate,
  random: Random,
): Validity {
  const thisYear = Number(today.slice(0, 4))
  const day = `${String(random.integer(1, 12)).padStart(2, '0')}-${String(random.integer(1, 28)).padStart(2, '0')}`
  const yearsAgo = random.integer(1, 4)
  const on = (year: number): ShanghaiDate => `${year}-${day}` as ShanghaiDate
  if (expired) return { validFrom: on(thisYear - 11), validTo: on(thisYear - 1) }
  switch (type) {
    case 'HUKOU':
    case 'UNIT_LICENSE':
      return { validFrom: on(Math.max(birth.year + 1, thisYear - 6)), validTo: null }
    case 'TEMP_ID':
      return { validFrom: addDays(today, -20 * yearsAgo), validTo: addDays(today, 90 - 20 * yearsAgo) }
    case 'RESIDENT_ID': {
      const issued = Math.max(birth.year + 1, thisYear - yearsAgo)
      const { compact } = birth
      const born = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}` as ShanghaiDate
      const term = residentCardYears(ageOn(born, on(issued)))
      return { validFrom: on(issued), validTo: term === undefined ? null : on(issued + term) }
    }
    case 'TW_PERMIT':
    case 'HMT_RESIDENCE':
      return { validFrom: on(thisYear - Math.min(yearsAgo, 3)), validTo: on(thisYear - Math.min(yearsAgo, 3) + 5) }
    default:
      return { validFrom: on(thisYear - yearsAgo), validTo: on(thisYear - yearsAgo + 10) }
  }
}
