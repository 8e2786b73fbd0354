import { parse } from 'mrz'
import { parseDate, type ShanghaiDate } from './calendar.ts'
import { fail, ok, type Result } from './result.ts'

/** The check digits of a machine-readable zone, by name (ICAO 9303 parts 4 and 5). */
export const mrzChecks = ['number', 'birth', 'expiry', 'personal', 'composite'] as const
export type MrzCheck = (typeof mrzChecks)[number]

/** What a machine-readable zone says, with the verdict of each of its check digits. */
export interface MrzReading {
  format: 'TD1' | 'TD3'
  documentCode: string
  issuingState: string
  nationality: string
  identificationId: string
  surname: string
  givenNames: string
  birth: ShanghaiDate | undefined
  validTo: ShanghaiDate | undefined
  sex: 'male' | 'female' | undefined
  checks: { name: MrzCheck; ok: boolean }[]
}

const checkNames: Partial<Record<string, MrzCheck>> = {
  documentNumberCheckDigit: 'number',
  birthDateCheckDigit: 'birth',
  expirationDateCheckDigit: 'expiry',
  personalNumberCheckDigit: 'personal',
  compositeCheckDigit: 'composite',
}

/** The longest text a reader may send: three lines of 30 or two of 44, with what separates them. */
export const longestMrz = 120

/**
 * Cuts what was pasted or typed by a wedge reader into the lines of the zone: readers send them with line ends, with spaces or in one
 * piece. Undefined when it is neither two lines of 44 nor three of 30.
 */
function mrzLines(text: string): string[] | undefined {
  const compact = text.normalize('NFKC').toUpperCase().replace(/«/g, '<<').replace(/\s/g, '')
  if (!/^[A-Z0-9<]+$/.test(compact)) return undefined
  if (compact.length === 88 && compact.startsWith('P')) return [compact.slice(0, 44), compact.slice(44)]
  if (compact.length === 90 && /^[ACI]/.test(compact))
    return [compact.slice(0, 30), compact.slice(30, 60), compact.slice(60)]
  return undefined
}

/** The day of `YYMMDD`; of two centuries the one that fits: a birth lies in the past, an end may lie ahead. */
function dayOf(yymmdd: string, today: ShanghaiDate, kind: 'birth' | 'expiry'): ShanghaiDate | undefined {
  const written = `${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`
  const recent = parseDate(`20${written}`)
  if (kind === 'expiry') return recent
  return recent && recent <= today ? recent : parseDate(`19${written}`)
}

/**
 * Reads the machine-readable zone of a passport (TD3) or a travel permit (TD1), as pasted or scanned. Wrong check digits are no failure
 * here: each is reported by name. `today` decides the century of the birth date. Error: `document.mrzUnreadable`.
 */
export function readMrz(text: string, today: ShanghaiDate): Result<MrzReading> {
  const lines = text.length <= longestMrz * 2 ? mrzLines(text) : undefined
  if (!lines) return fail('document.mrzUnreadable', { field: 'mrz' })
  const { format, fields, details } = parse(lines)
  if (format !== 'TD1' && format !== 'TD3') return fail('document.mrzUnreadable', { field: 'mrz' })
  // States are taken as they are printed: the library knows only those it lists, and a specimen is from none.
  const printed = (from: number, line: number) => lines[line]!.slice(from, from + 3).replace(/</g, '')
  return ok({
    format,
    documentCode: lines[0]!.slice(0, 2).replace(/</g, ''),
    issuingState: printed(2, 0),
    nationality: format === 'TD3' ? printed(10, 1) : printed(15, 1),
    identificationId: (fields.documentNumber ?? '').replace(/</g, ''),
    surname: fields.lastName ?? '',
    givenNames: fields.firstName ?? '',
    birth: dayOf(fields.birthDate ?? '', today, 'birth'),
    validTo: dayOf(fields.expirationDate ?? '', today, 'expiry'),
    sex: fields.sex === 'male' || fields.sex === 'female' ? fields.sex : undefined,
    checks: details.flatMap(({ field, valid }) => {
      const name = checkNames[String(field)]
      return name ? [{ name, ok: valid }] : []
    }),
  })
}

/** What of a document a machine-readable zone speaks about. */
export interface MrzSubject {
  identificationId: string
  name: string
  validTo: ShanghaiDate | null
}

const latin = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z]/g, '')

/**
 * The fields in which the zone and what was typed contradict each other. Names are compared only where they were typed in Latin
 * letters, in either order, and as far as the zone, which cuts long names, goes. A permit's number may be typed with its two digits
 * that count the issues.
 */
export function mrzContradictions(reading: MrzReading, document: MrzSubject): (keyof MrzSubject)[] {
  const found: (keyof MrzSubject)[] = []
  const issueless = /^\D?\d{10}$/.test(document.identificationId) && document.identificationId.slice(0, -2)
  if (reading.identificationId !== document.identificationId && reading.identificationId !== issueless)
    found.push('identificationId')
  const typed = latin(document.name)
  if (typed && !/\p{Script=Han}/u.test(document.name)) {
    const [surname, given] = [latin(reading.surname), latin(reading.givenNames)]
    const fits = [surname + given, given + surname].some((name) => typed.startsWith(name) || name === typed)
    if (!fits) found.push('name')
  }
  if (reading.validTo !== document.validTo) found.push('validTo')
  return found
}
