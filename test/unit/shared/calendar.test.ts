import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addDays,
  ageOn,
  daysBetween,
  formatInstant,
  instant,
  monthsAfter,
  parseDate,
  type ShanghaiDate,
  shanghaiDate,
  startOfDay,
} from '../../../src/shared/domain/calendar.ts'

const day = (text: string) => text as ShanghaiDate
const anyDay = fc.integer({ min: 0, max: 60_000 }).map((days) => addDays(day('1950-01-01'), days))

test('the premium number of the sample has 205 months left', () =>
  expect(monthsAfter(day('2026-11-21'), day('2043-12-31'))).toBe(205))

test('a Shanghai day begins at 16:00 UTC of the day before', () => {
  expect(shanghaiDate(Date.parse('2026-11-20T15:59:59.999Z'))).toBe('2026-11-20')
  expect(shanghaiDate(Date.parse('2026-11-20T16:00:00Z'))).toBe('2026-11-21')
  expect(formatInstant(instant(Date.parse('2026-11-21T02:42:00Z')))).toBe('2026-11-21 10:42')
})

test('counting days and adding them are the same thing', () => {
  fc.assert(
    fc.property(
      anyDay,
      fc.integer({ min: -5000, max: 5000 }),
      (from, days) => daysBetween(from, addDays(from, days)) === days,
    ),
  )
  fc.assert(fc.property(anyDay, (date) => shanghaiDate(startOfDay(date)) === date))
})

test('fewer months remain as time passes, never less than none', () => {
  fc.assert(
    fc.property(
      anyDay,
      anyDay,
      fc.integer({ min: 0, max: 400 }),
      (from, to, days) => monthsAfter(addDays(from, days), to) <= monthsAfter(from, to) && monthsAfter(from, to) >= 0,
    ),
  )
})

test('days that do not exist are refused', () => {
  expect(parseDate('2026-02-29')).toBeUndefined()
  expect(parseDate('2024-02-29')).toBe('2024-02-29')
})

test('born on 29 February, a year older on 1 March', () => {
  expect(ageOn(day('2008-02-29'), day('2026-02-28'))).toBe(17)
  expect(ageOn(day('2008-02-29'), day('2026-03-01'))).toBe(18)
})
