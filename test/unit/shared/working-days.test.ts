import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, daysBetween, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import {
  addWorkingDays,
  holidayOn,
  holidayYear,
  isWorkingDay,
  workingDaysAfter,
} from '../../../src/shared/domain/working-days.ts'

const day = (text: string) => text as ShanghaiDate
const isWeekend = (date: ShanghaiDate) => [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())
const daysOf = (year: number) =>
  Array.from({ length: daysBetween(day(`${year}-01-01`), day(`${year + 1}-01-01`)) }, (_, index) =>
    addDays(day(`${year}-01-01`), index),
  )
const anyDay = fc.integer({ min: 0, max: 3 * 365 }).map((after) => addDays(day('2025-06-01'), after))
const anyCount = fc.integer({ min: 0, max: 60 })

describe('working days', () => {
  test.each([
    ['2026-11-20', 1, '2026-11-23', 'over a weekend'],
    ['2026-11-21', 1, '2026-11-23', 'from within a weekend'],
    ['2026-09-30', 1, '2026-10-08', 'over National Day'],
    ['2026-10-08', 2, '2026-10-10', 'on a Saturday that is worked'],
    ['2026-09-18', 1, '2026-09-20', 'on a Sunday that is worked'],
    ['2026-02-13', 2, '2026-02-24', 'a worked Saturday, then nine days of Spring Festival'],
    ['2026-02-27', 1, '2026-02-28', 'the worked Saturday after Spring Festival'],
    ['2026-04-03', 1, '2026-04-07', 'over Qingming'],
    ['2026-12-31', 1, '2027-01-04', 'over New Year and its weekend'],
    ['2027-02-04', 1, '2027-02-09', 'over the days of Spring Festival the regulation names'],
    ['2026-05-08', 0, '2026-05-08', 'none at all'],
  ])('%s and %i more is %s: %s', (from, days, to) => {
    expect(addWorkingDays(day(from), days)).toBe(to)
  })

  test('the year as published has the days of work that the regulation leaves: 365 less 104 less 13', () => {
    expect(daysOf(2026).filter(isWorkingDay)).toHaveLength(248)
    expect(holidayYear(2026)?.assumed).toBe(false)
  })

  test('a year not yet published has the thirteen days of the regulation and says that it is assumed', () => {
    expect(daysOf(2027).filter(holidayOn)).toHaveLength(13)
    expect(holidayYear(2027)?.assumed).toBe(true)
    expect(workingDaysAfter(day('2026-12-30'), 1).assumed).toBe(false)
    expect(workingDaysAfter(day('2026-12-30'), 2).assumed).toBe(true)
    expect(workingDaysAfter(day('2028-03-01'), 1).assumed).toBe(true)
  })

  test('what a time was put off by is named once', () => {
    expect(workingDaysAfter(day('2026-09-24'), 6).holidays.map(({ zh }) => zh)).toEqual(['中秋节', '国庆节'])
    expect(workingDaysAfter(day('2026-11-02'), 9).holidays).toEqual([])
  })

  test.each([2026, 2027])(
    'the arrangement of %i is sound: no two holidays at once, worked days are weekends and none is off',
    (year) => {
      const { holidays, workingWeekends } = holidayYear(year)!
      for (const { from, to } of holidays) {
        expect(from <= to && from.startsWith(`${year}-`) && to.startsWith(`${year}-`)).toBe(true)
        expect(holidays.filter((other) => other.from <= to && from <= other.to)).toHaveLength(1)
      }
      for (const worked of workingWeekends) {
        expect(isWeekend(worked)).toBe(true)
        expect(holidayOn(worked)).toBeUndefined()
      }
    },
  )

  test('ends on a working day, after exactly as many as were asked for', () =>
    fc.assert(
      fc.property(anyDay, anyCount, (from, count) => {
        const { on } = workingDaysAfter(from, count)
        const passed = Array.from({ length: daysBetween(from, on) }, (_, index) => addDays(from, index + 1))
        expect(passed.filter(isWorkingDay)).toHaveLength(count)
        if (count > 0) expect(isWorkingDay(on)).toBe(true)
      }),
      { numRuns: 2000 },
    ))

  test('is the same in one go and in two, and never earlier for a later beginning or more days', () =>
    fc.assert(
      fc.property(anyDay, anyCount, anyCount, (from, first, then) => {
        const whole = addWorkingDays(from, first + then)
        expect(addWorkingDays(addWorkingDays(from, first), then)).toBe(whole)
        expect(addWorkingDays(addDays(from, 1), first) >= addWorkingDays(from, first)).toBe(true)
        expect(whole >= addWorkingDays(from, first)).toBe(true)
      }),
      { numRuns: 2000 },
    ))
})
