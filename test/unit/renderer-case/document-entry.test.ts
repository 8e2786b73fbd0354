import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  documentOf,
  documentProblems,
  fieldProblem,
  groupCard,
  groupDate,
  groupIdentification,
  groupMsisdn,
  readDraft,
} from '../../../src/renderer/features/case/document-entry.ts'
import { emptyDocument } from '../../../src/renderer/features/case/drafts.ts'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { anAdult, residentIdCheckCharacter } from '../../../src/shared/domain/identity-document.ts'
import { usualManualReasons } from '../../../src/shared/domain/papers.ts'

const today = '2026-11-21' as ShanghaiDate
const number = `11010119900307771${residentIdCheckCharacter('11010119900307771')}`
const good = {
  ...emptyDocument,
  identificationId: groupIdentification('RESIDENT_ID', number),
  name: '王小明',
  validFrom: '2020-03-05',
  validTo: '2040-03-05',
}

describe('typing a document', () => {
  it('groups a citizen number 6-8-4 and a mobile number 3-4-4', () => {
    expect(groupIdentification('RESIDENT_ID', '11010119900307771x')).toBe('110101 19900307 771X')
    expect(groupIdentification('FOREIGN_PASSPORT', 'e12345678')).toBe('E12345678')
    expect(groupMsisdn('13935108826')).toBe('139 3510 8826')
    expect(groupCard('6222021234567890123')).toBe('6222 0212 3456 7890 123')
  })

  it('puts hyphens into a date', () => {
    expect(groupDate('20200305')).toBe('2020-03-05')
    expect(groupDate('202')).toBe('202')
    expect(groupDate('20203')).toBe('2020-3')
  })

  it('never loses or invents a character while grouping', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,17}$/), (digits) => {
        expect(groupIdentification('RESIDENT_ID', digits).replaceAll(' ', '')).toBe(digits)
        expect(groupIdentification('RESIDENT_ID', groupIdentification('RESIDENT_ID', digits))).toBe(
          groupIdentification('RESIDENT_ID', digits),
        )
      }),
    )
  })

  it('accepts a document that is right', () => {
    expect(documentProblems(good, today)).toEqual({})
    expect(documentOf(good, today)).toMatchObject({ ok: true, value: { identificationId: number, entry: 'manual' } })
  })

  it('says under the field what is wrong with it', () => {
    const wrong = number.slice(0, 17) + (number[17] === '1' ? '2' : '1')
    expect(fieldProblem({ ...good, identificationId: wrong }, 'identificationId', today)).toEqual({
      key: 'error.document.checkDigit',
    })
    expect(fieldProblem({ ...good, validTo: '2026-11-20' }, 'validTo', today)?.key).toBe('error.document.expired')
    expect(fieldProblem({ ...good, validFrom: '2026-02-30' }, 'validFrom', today)?.key).toBe(
      'case.identity.dateMalformed',
    )
    expect(fieldProblem({ ...good, validFrom: '2027-01-01', validTo: '2028-01-01' }, 'validFrom', today)?.key).toBe(
      'error.document.notYetValid',
    )
  })

  it('asks for an end or for 长期', () => {
    expect(fieldProblem({ ...good, validTo: '' }, 'validTo', today)?.key).toBe('case.identity.needValidTo')
    const open = documentOf({ ...good, validTo: '', noEnd: true }, today)
    expect(open.ok && open.value.validTo).toBeNull()
  })

  it('asks why a card with a chip is typed, and in words where the reason says nothing by itself', () => {
    const rules = { expected: anAdult, reasons: usualManualReasons }
    const why = (draft: Partial<typeof good>) =>
      Object.values(documentProblems({ ...good, ...draft }, today, rules)).map(({ key }) => key)
    expect(why({})).toEqual(['case.identity.needReason'])
    expect(why({ manualReason: 'flood' })).toEqual(['case.identity.needReason'])
    expect(why({ manualReason: 'other', manualNote: ' x ' })).toEqual(['case.identity.needNote'])
    expect(why({ manualReason: 'noReader' })).toEqual([])
    const said = documentOf({ ...good, manualReason: 'other', manualNote: ' 消磁 ' }, today, rules)
    expect(said).toMatchObject({ ok: true, value: { manualReason: 'other', manualNote: '消磁' } })
    const register = { ...good, identificationType: 'HUKOU' as const, manualReason: 'noReader' }
    expect(documentOf(register, today, rules)).toMatchObject({ ok: true, value: { identificationType: 'HUKOU' } })
    expect(readDraft(register).manualReason).toBeUndefined()
  })

  it('does not blame the dates for a wrong number', () => {
    const problems = documentProblems({ ...good, identificationId: '1' }, today)
    expect(Object.keys(problems)).toEqual(['identificationId'])
  })
})
