import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { checkDocument, type IdentityDocument } from '../../../src/shared/domain/identity-document.ts'
import { mrzContradictions, readMrz } from '../../../src/shared/domain/mrz-reading.ts'

const today = '2026-11-21' as ShanghaiDate
/** The specimen passport of ICAO 9303 part 4, and the specimen card of part 5. */
const passport = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10']
const card = ['I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<']

/** ICAO 9303 part 3, 4.9: weights 7 3 1, letters from A = 10, filler 0. */
function checkDigit(text: string): string {
  const value = (character: string) => (character === '<' ? 0 : Number.parseInt(character, 36))
  return String([...text].reduce((sum, character, i) => sum + value(character) * [7, 3, 1][i % 3]!, 0) % 10)
}

/** A passport's zone with right check digits. */
function zone(number: string, birth: string, end: string): string {
  const id = number.padEnd(9, '<')
  const personal = '<'.repeat(14)
  const parts = [id + checkDigit(id), birth + checkDigit(birth), end + checkDigit(end), `${personal}0`]
  const second = `${parts[0]}UTO${parts[1]}F${parts[2]}${parts[3]}${checkDigit(parts.join(''))}`
  return `${passport[0]}\n${second}`
}

function read(text: string) {
  const reading = readMrz(text, today)
  if (!reading.ok) throw new Error(reading.error.code)
  return reading.value
}
const wrongIn = (text: string) => read(text).checks.flatMap(({ name, ok }) => (ok ? [] : [name]))

describe('the specimens of ICAO 9303', () => {
  test('a passport (TD3)', () => {
    expect(read(passport.join('\n'))).toEqual({
      format: 'TD3',
      documentCode: 'P',
      issuingState: 'UTO',
      nationality: 'UTO',
      identificationId: 'L898902C3',
      surname: 'ERIKSSON',
      givenNames: 'ANNA MARIA',
      birth: '1974-08-12',
      validTo: '2012-04-15',
      sex: 'female',
      checks: ['number', 'birth', 'expiry', 'personal', 'composite'].map((name) => ({ name, ok: true })),
    })
  })

  test('a card (TD1)', () => {
    const reading = read(card.join('\r\n'))
    expect(reading).toMatchObject({ format: 'TD1', identificationId: 'D23145890', birth: '1974-08-12', sex: 'female' })
    expect(reading.checks).toEqual(['number', 'birth', 'expiry', 'composite'].map((name) => ({ name, ok: true })))
  })

  test('in one piece, with spaces, in small letters: as wedge readers and people send them', () => {
    for (const lines of [passport, card])
      for (const text of [lines.join(''), `  ${lines.join(' \t\r')}\n`, lines.join('\n').toLowerCase()])
        expect(wrongIn(text)).toEqual([])
  })
})

describe('what is wrong is said by name', () => {
  test.each([
    ['number', 'L898902C36', 'L898902D36'],
    ['birth', '7408122', '7408132'],
    ['expiry', '1204159', '1204169'],
    ['personal', 'ZE184226B<<<<<1', 'ZE184227B<<<<<1'],
  ])('a wrong digit in the %s', (name, right, wrong) => {
    expect(wrongIn(passport.join('\n').replace(right, wrong))).toContain(name)
  })

  test('a check digit over all that is wrong alone', () =>
    expect(wrongIn(passport.join('\n').replace('<<<<<10', '<<<<<11'))).toEqual(['composite']))

  test.each([
    '',
    'hello',
    passport[0]!,
    `${passport.join('')}<`,
    '<'.repeat(88),
    `${card[0]}\n${card[1]}`,
    '王'.repeat(88),
  ])('unreadable: %#', (text) =>
    expect(readMrz(text, today)).toMatchObject({ ok: false, error: { code: 'document.mrzUnreadable' } }),
  )

  test('nothing that is pasted makes it throw', () => {
    const alphabet = fc.constantFrom(...'PIAC<<<<0123456789ABCXYZ \n王')
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 200 }), (text) => {
        readMrz(text, today)
      }),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<0123456789ABCXYZ'), minLength: 87, maxLength: 87 }),
        (text) => {
          readMrz(`P${text}`, today)
        },
      ),
    )
  })
})

describe('digits', () => {
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
  const date = fc
    .tuple(fc.integer({ min: 30, max: 99 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 10, max: 28 }))
    .map(([y, m, d]) => `${y}${String(m).padStart(2, '0')}${d}`)

  test('every wrong digit of number, birth or expiry is found', () => {
    fc.assert(
      fc.property(digits(9), date, date, (number, birth, end) => {
        const right = zone(number, birth, end)
        const start = right.indexOf('\n') + 1
        for (const [from, to] of [
          [0, 9],
          [13, 19],
          [21, 27],
        ] as const)
          for (let at = start + from; at < start + to; at++)
            for (let shift = 1; shift <= 9; shift++) {
              const digit = String((Number(right[at]) + shift) % 10)
              if (wrongIn(right.slice(0, at) + digit + right.slice(at + 1)).length === 0) return false
            }
        return true
      }),
      { numRuns: 10 },
    )
  })

  test('neighbours swapped are found unless they differ by five, which the weights 7 3 1 cannot see', () => {
    fc.assert(
      fc.property(digits(9), fc.integer({ min: 0, max: 7 }), (number, at) => {
        const [one, other] = [Number(number[at]), Number(number[at + 1])]
        fc.pre(one !== other)
        const swapped = `${number.slice(0, at)}${other}${one}${number.slice(at + 2)}`
        const text = zone(number, '740812', '301231').replace(`\n${number}`, `\n${swapped}`)
        return wrongIn(text).includes('number') === (Math.abs(one - other) !== 5)
      }),
    )
  })
})

describe('against what was typed', () => {
  const text = zone('E12345678', '850101', '301231')
  const typed: IdentityDocument = {
    identificationType: 'FOREIGN_PASSPORT',
    identificationId: 'E12345678',
    name: 'Anna Maria Eriksson',
    issuingAuthority: '',
    validTo: '2030-12-31' as ShanghaiDate,
    entry: 'manual',
    mrz: text,
  }
  const check = (changes: Partial<IdentityDocument>) => {
    const result = checkDocument({ ...typed, ...changes }, today)
    return result.ok ? 'ok' : `${result.error.code}:${result.error.field}`
  }

  test('the same, in either order of names, with marks, or in Chinese, which the zone does not know', () => {
    for (const name of ['Anna Maria Eriksson', 'ERIKSSON ANNA MARIA', 'Ériksson, Anna-Maria', '安娜·埃里克松'])
      expect(check({ name })).toBe('ok')
  })

  test('each contradiction is found with its field', () => {
    expect(check({ identificationId: 'E12345679' })).toBe('document.mrzContradiction:identificationId')
    expect(check({ name: 'Anna Marie Ericson' })).toBe('document.mrzContradiction:name')
    expect(check({ validTo: '2031-12-31' as ShanghaiDate })).toBe('document.mrzContradiction:validTo')
    expect(mrzContradictions(read(text), { identificationId: 'X', name: 'B', validTo: null })).toEqual([
      'identificationId',
      'name',
      'validTo',
    ])
  })

  test('a wrong check digit, a zone of another kind, and a minor by the zone are refused', () => {
    expect(check({ mrz: text.replace('850101', '850102') })).toBe('document.mrzCheckDigit:mrz')
    expect(check({ mrz: card.join('\n') })).toBe('document.mrzUnreadable:mrz')
    expect(check({ mrz: zone('E12345678', '150101', '301231') })).toBe('document.minor:identificationId')
  })

  test('a permit may be typed with the two digits that count its issues', () => {
    const reading = { ...read(card.join('\n')), identificationId: 'H12345678', validTo: today }
    expect(mrzContradictions(reading, { identificationId: 'H1234567802', name: '陈大文', validTo: today })).toEqual([])
    expect(mrzContradictions(reading, { identificationId: 'H1234567902', name: '陈大文', validTo: today })).toEqual([
      'identificationId',
    ])
  })
})
