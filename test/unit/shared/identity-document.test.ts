import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { provinces } from '../../../src/shared/domain/geography.ts'
import {
  creditCheckCharacter,
  organisationCheckCharacter,
  residentIdCheckCharacter,
} from '../../../src/shared/domain/identification-number.ts'
import type { IdentificationType } from '../../../src/shared/domain/identification-type.ts'
import { checkDocument, type Expectation, type IdentityDocument } from '../../../src/shared/domain/identity-document.ts'

const today = '2026-11-21' as ShanghaiDate
const day = (text: string) => text as ShanghaiDate
/** Ends as documents of the type end: with or without a date. */
const ends = (type: IdentificationType) =>
  ['RESIDENT_ID', 'HUKOU', 'PLA_ID', 'PAP_ID', 'UNIT_LICENSE'].includes(type) ? null : day('2026-12-31')
const paper = (changes: Partial<IdentityDocument> = {}): IdentityDocument => ({
  identificationType: 'RESIDENT_ID',
  identificationId: '11010519491231002X',
  name: '王小明',
  issuingAuthority: '北京市公安局朝阳分局',
  validTo: null,
  entry: 'manual',
  ...changes,
})
const codeOf = (document: IdentityDocument, expected?: Expectation) => {
  const result = checkDocument(document, today, expected)
  return result.ok ? 'ok' : result.error.code
}
const number = (digits: string) => digits + residentIdCheckCharacter(digits)

/** Seventeen digits with a province that exists and an adult's birth date inside. */
const first17 = fc
  .tuple(
    fc.constantFrom(...provinces),
    fc.integer({ min: 100, max: 9999 }),
    fc.integer({ min: 1930, max: 2007 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([province, area, year, month, date, order]) =>
    [
      province,
      String(area).padStart(4, '0'),
      year,
      String(month).padStart(2, '0'),
      String(date).padStart(2, '0'),
      String(order).padStart(3, '0'),
    ].join(''),
  )

describe('the check digit of GB 11643', () => {
  test('the standard’s own sample', () => expect(residentIdCheckCharacter('11010519491231002')).toBe('X'))

  test('every well-formed number passes, and a lower-case x or full-width digits are read as they are meant', () => {
    const wide = (id: string) => id.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    fc.assert(
      fc.property(first17, (digits) => {
        const id = number(digits)
        return [id.toLowerCase(), wide(id), `${id.slice(0, 6)} ${id.slice(6)}`].every(
          (identificationId) => codeOf(paper({ identificationId })) === 'ok',
        )
      }),
    )
  })

  test('every single wrong digit is found', () => {
    fc.assert(
      fc.property(first17, (digits) => {
        const right = number(digits)
        for (let position = 0; position < 17; position++)
          for (let shift = 1; shift <= 9; shift++) {
            const id = [...right]
            id[position] = String((Number(id[position]) + shift) % 10)
            if (codeOf(paper({ identificationId: id.join('') })) !== 'document.checkDigit') return false
          }
        return true
      }),
      { numRuns: 40 },
    )
  })

  test('every pair of different neighbours typed the wrong way round is found', () => {
    fc.assert(
      fc.property(first17, (digits) => {
        const right = number(digits)
        for (let position = 0; position < 16; position++) {
          const id = [...right]
          if (id[position] === id[position + 1]) continue
          ;[id[position], id[position + 1]] = [id[position + 1]!, id[position]!]
          if (codeOf(paper({ identificationId: id.join('') })) !== 'document.checkDigit') return false
        }
        return true
      }),
    )
  })
})

describe('dates', () => {
  test.each([
    ['an expired document', { validTo: day('2026-11-20') }, 'document.expired'],
    ['valid through today', { identificationType: 'HM_PERMIT', identificationId: 'H12345678', validTo: today }, 'ok'],
    ['not yet valid', { validFrom: day('2026-11-22') }, 'document.notYetValid'],
    ['ends before it begins', { validFrom: day('2020-01-01'), validTo: day('2019-01-01') }, 'document.validityOrder'],
    [
      'a passport without an end',
      { identificationType: 'FOREIGN_PASSPORT', identificationId: 'E12345678' },
      'document.endMissing',
    ],
    ['a household register has no end', { identificationType: 'HUKOU', identificationId: '11010519491231002X' }, 'ok'],
  ] as const)('%s', (_name, changes, code) => expect(codeOf(paper(changes))).toBe(code))

  test.each([
    ['issued at 15: five years', '20111231', '2026-06-01', '2031-06-01', 'ok'],
    ['issued at 15: not ten', '20111231', '2026-06-01', '2036-06-01', 'document.validitySpan'],
    ['issued at 16: ten years', '20000601', '2016-06-01', '2026-12-01', 'document.validitySpan'],
    ['issued on the 16th birthday: ten years', '20010101', '2017-01-01', '2027-01-01', 'ok'],
    ['issued a day before the 26th birthday: ten years', '19910102', '2017-01-01', '2027-01-01', 'ok'],
    ['issued on the 26th birthday: twenty', '19910101', '2017-01-01', '2037-01-01', 'ok'],
    ['issued a day before the 46th birthday: twenty', '19710102', '2017-01-01', '2037-01-01', 'ok'],
    ['issued on the 46th birthday: without end', '19710101', '2017-01-01', null, 'ok'],
    ['issued at 45 cannot be without end', '19710102', '2017-01-01', null, 'document.validitySpan'],
    ['issued at 50 has no end date', '19660101', '2017-01-01', '2037-01-01', 'document.validitySpan'],
    ['29 February may end on the 28th', '19910101', '2020-02-29', '2040-02-29', 'ok'],
    ['29 February at 20 ends on 28 February', '19991231', '2020-02-29', '2030-02-28', 'ok'],
  ] as const)('a resident card %s', (_name, birth, from, to, code) => {
    const document = paper({
      identificationId: number(`110105${birth}001`),
      validFrom: day(from),
      validTo: to && day(to),
    })
    expect(codeOf(document, { age: 'any', mayBeOver: false })).toBe(code)
  })

  test('a temporary card lives three months', () => {
    const temporary = (validTo: string) =>
      codeOf(paper({ identificationType: 'TEMP_ID', validFrom: day('2026-10-01'), validTo: day(validTo) }))
    expect(temporary('2027-01-01')).toBe('ok')
    expect(temporary('2027-10-01')).toBe('document.validitySpan')
  })

  test('a birth date that does not exist is found even when the check digit fits', () =>
    expect(codeOf(paper({ identificationId: number('11010519990230001') }))).toBe('document.birthDate'))

  test('a holder turns adult on the eighteenth birthday, not a day earlier', () => {
    const born = (date: string, age: Expectation['age']) =>
      codeOf(paper({ identificationId: number(`110105${date}001`) }), { age, mayBeOver: false })
    expect(born('20081121', 'adult')).toBe('ok')
    expect(born('20081122', 'adult')).toBe('document.minor')
    expect(born('20081122', 'minor')).toBe('ok')
    expect(born('20081121', 'minor')).toBe('document.notMinor')
  })

  test('a deceased holder’s document may be over, but its number is still checked', () => {
    const stated: Expectation = { age: 'any', mayBeOver: true }
    const over = { validFrom: day('1996-01-01'), validTo: day('2016-01-01') }
    expect(codeOf(paper(over), stated)).not.toBe('document.expired')
    expect(codeOf(paper({ ...over, identificationId: '110105194912310021' }), stated)).toBe('document.checkDigit')
  })
})

describe('every type', () => {
  const hmt = (region: string) => number(`${region}19900101001`)
  const pr = (region: string) => number(`9${region}84019900101001`)
  test.each([
    ['RESIDENT_ID', '11010519491231002X', 'ok'],
    ['RESIDENT_ID', '11010519491231002', 'document.numberMalformed'],
    ['RESIDENT_ID', number('99010519491231002'), 'document.region'],
    ['RESIDENT_ID', hmt('810000'), 'document.region'],
    ['TEMP_ID', '110105194912310021', 'document.checkDigit'],
    ['HUKOU', number('11010520991231002'), 'document.birthDate'],
    ['HM_PERMIT', 'H12345678', 'ok'],
    ['HM_PERMIT', 'M1234567801', 'ok'],
    ['HM_PERMIT', 'A12345678', 'document.numberMalformed'],
    ['HM_PERMIT', 'H123456789', 'document.numberMalformed'],
    ['TW_PERMIT', '12345678', 'ok'],
    ['TW_PERMIT', '1234567802', 'ok'],
    ['TW_PERMIT', '123456789', 'document.numberMalformed'],
    ['TW_PERMIT', 'H12345678', 'document.numberMalformed'],
    ['HMT_RESIDENCE', hmt('810000'), 'ok'],
    ['HMT_RESIDENCE', hmt('820000'), 'ok'],
    ['HMT_RESIDENCE', hmt('830000'), 'ok'],
    ['HMT_RESIDENCE', hmt('840000'), 'document.numberMalformed'],
    ['HMT_RESIDENCE', hmt('810101'), 'document.numberMalformed'],
    ['HMT_RESIDENCE', '11010519491231002X', 'document.numberMalformed'],
    ['FOREIGN_PR', 'USA110190010112', 'ok'],
    ['FOREIGN_PR', 'USA990190010112', 'document.region'],
    ['FOREIGN_PR', 'USA110190130112', 'document.birthDate'],
    ['FOREIGN_PR', 'US1110190010112', 'document.numberMalformed'],
    ['FOREIGN_PR', pr('11'), 'ok'],
    ['FOREIGN_PR', pr('99'), 'document.region'],
    ['FOREIGN_PR', '911840199001010011', 'document.checkDigit'],
    ['FOREIGN_PASSPORT', 'E12345678', 'ok'],
    ['FOREIGN_PASSPORT', 'E-1', 'document.numberMalformed'],
    ['PLA_ID', '军字第2001988号', 'ok'],
    ['PLA_ID', '士字第12345678号', 'ok'],
    ['PLA_ID', '武字第1234567号', 'document.numberMalformed'],
    ['PLA_ID', '军字第号', 'document.numberMalformed'],
    ['PAP_ID', '武字第1234567号', 'ok'],
    ['PAP_ID', '军字第2001988号', 'document.numberMalformed'],
    ['UNIT_LICENSE', '91350100M000100Y43', 'ok'],
    ['UNIT_LICENSE', '91350100M000100Y44', 'document.checkDigit'],
    ['UNIT_LICENSE', '91350100I000100Y43', 'document.numberMalformed'],
    ['UNIT_LICENSE', '350100400001234', 'document.numberMalformed'],
  ] as const)('%s %s → %s', (identificationType, identificationId, code) =>
    expect(codeOf(paper({ identificationType, identificationId, validTo: ends(identificationType) }))).toBe(code),
  )

  test('an organisation code inside a licence has a check character of its own', () => {
    const first16 = '91350100M000100A'
    const wrongInside = `${first16}${organisationCheckCharacter('M000100A') === '1' ? '2' : '1'}`
    const license = (first17: string) =>
      codeOf(paper({ identificationType: 'UNIT_LICENSE', identificationId: first17 + creditCheckCharacter(first17) }))
    expect(license(wrongInside)).toBe('document.checkDigit')
    const inside = organisationCheckCharacter('M000100A')
    expect(license(`${first16}${inside}`)).toBe('ok')
    const elsewhere = `91990100M000100A${inside}`
    expect(license(elsewhere)).toBe('document.region')
  })

  test('every single wrong character of a licence is found', () => {
    const right = '91350100M000100Y43'
    for (const [position, was] of [...right].entries())
      for (const character of '0123456789ABCDEFGHJKLMNPQRTUWXY') {
        if (character === was) continue
        const id = right.slice(0, position) + character + right.slice(position + 1)
        expect(codeOf(paper({ identificationType: 'UNIT_LICENSE', identificationId: id }))).not.toBe('ok')
      }
  })
})
