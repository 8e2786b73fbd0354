import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import {
  checkDocument,
  type IdentityDocument,
  residentIdCheckCharacter,
} from '../../../src/shared/domain/identity-document.ts'

const today = '2026-11-21' as ShanghaiDate
const paper = (changes: Partial<IdentityDocument> = {}): IdentityDocument => ({
  identificationType: 'RESIDENT_ID',
  identificationId: '11010519491231002X',
  name: '王小明',
  issuingAuthority: '北京市公安局朝阳分局',
  validFrom: '2010-01-01' as ShanghaiDate,
  validTo: null,
  entry: 'manual',
  ...changes,
})
const codeOf = (document: IdentityDocument) => {
  const result = checkDocument(document, today)
  return result.ok ? 'ok' : result.error.code
}

/** Seventeen digits with an adult's birth date inside. */
const first17 = fc
  .tuple(
    fc.integer({ min: 110000, max: 659999 }),
    fc.integer({ min: 1930, max: 2007 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(
    ([area, year, month, day, order]) =>
      `${area}${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}${String(order).padStart(3, '0')}`,
  )

describe('the check digit of GB 11643', () => {
  test('the standard’s own sample', () => expect(residentIdCheckCharacter('11010519491231002')).toBe('X'))

  test('every well-formed number passes, and a lower-case x is read as X', () => {
    fc.assert(
      fc.property(
        first17,
        (digits) =>
          codeOf(paper({ identificationId: (digits + residentIdCheckCharacter(digits)).toLowerCase() })) === 'ok',
      ),
    )
  })

  test('one wrong digit is always found', () => {
    fc.assert(
      fc.property(
        first17,
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (digits, position, shift) => {
          const id = [...(digits + residentIdCheckCharacter(digits))]
          id[position] = String((Number(id[position]) + shift) % 10)
          return codeOf(paper({ identificationId: id.join('') })) !== 'ok'
        },
      ),
    )
  })

  test('two neighbouring digits typed the wrong way round are always found', () => {
    fc.assert(
      fc.property(first17, fc.integer({ min: 0, max: 15 }), (digits, position) => {
        const id = [...(digits + residentIdCheckCharacter(digits))]
        fc.pre(id[position] !== id[position + 1])
        ;[id[position], id[position + 1]] = [id[position + 1]!, id[position]!]
        return codeOf(paper({ identificationId: id.join('') })) !== 'ok'
      }),
    )
  })
})

describe('dates', () => {
  test.each([
    ['an expired document', { validTo: '2026-11-20' as ShanghaiDate }, 'document.expired'],
    ['valid through today', { validTo: today }, 'ok'],
    ['not yet valid', { validFrom: '2026-11-22' as ShanghaiDate }, 'document.notYetValid'],
    [
      'ends before it begins',
      { validFrom: '2020-01-01' as ShanghaiDate, validTo: '2019-01-01' as ShanghaiDate },
      'document.validityOrder',
    ],
  ])('%s', (_name, changes, code) => expect(codeOf(paper(changes))).toBe(code))

  test('a birth date that does not exist is found even when the check digit fits', () => {
    const digits = '11010519990230001'
    expect(codeOf(paper({ identificationId: digits + residentIdCheckCharacter(digits) }))).toBe('document.birthDate')
  })

  test('a holder turns adult on the eighteenth birthday, not a day earlier', () => {
    const born = (date: string) => {
      const digits = `110105${date}001`
      return codeOf(paper({ identificationId: digits + residentIdCheckCharacter(digits) }))
    }
    expect(born('20081121')).toBe('ok')
    expect(born('20081122')).toBe('document.minor')
  })
})

describe('the other documents', () => {
  const hmt = '81000019900101001'
  test.each([
    ['HM_PERMIT', 'H12345678', 'ok'],
    ['HM_PERMIT', 'A12345678', 'document.numberMalformed'],
    ['TW_PERMIT', '12345678', 'ok'],
    ['TW_PERMIT', '123456789', 'document.numberMalformed'],
    ['HMT_RESIDENCE', hmt + residentIdCheckCharacter(hmt), 'ok'],
    ['HMT_RESIDENCE', '11010519491231002X', 'document.numberMalformed'],
    ['FOREIGN_PR', 'USA110119900101', 'ok'],
    ['FOREIGN_PASSPORT', 'E12345678', 'ok'],
    ['FOREIGN_PASSPORT', 'E 1', 'document.numberMalformed'],
    ['UNIT_LICENSE', '91350100M000100Y43', 'ok'],
    ['UNIT_LICENSE', '91350100M000100Y44', 'document.checkDigit'],
  ] as const)('%s %s → %s', (identificationType, identificationId, code) =>
    expect(codeOf(paper({ identificationType, identificationId }))).toBe(code),
  )
})
