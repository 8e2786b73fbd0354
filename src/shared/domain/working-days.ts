import { z } from 'zod'
import { addDays, type ShanghaiDate } from './calendar.ts'
import arrangements from './public-holidays.json' with { type: 'json' }
import { bilingualSchema } from './rules/bilingual.ts'
import { dateSchema } from './scalars.ts'

const holidaySchema = z.object({ ...bilingualSchema.shape, from: dateSchema, to: dateSchema }).strict()
/** Days off that belong together, first and last included. */
export type Holiday = z.infer<typeof holidaySchema>

/** What a year's arrangement says: days off, and the days of a weekend on which work is done instead. */
export const holidayYearSchema = z
  .object({
    year: z.int(),
    /** True while the State Council's notice for the year has not been seen. */
    assumed: z.boolean(),
    source: bilingualSchema,
    holidays: z.array(holidaySchema),
    workingWeekends: z.array(dateSchema),
  })
  .strict()
export type HolidayYear = z.infer<typeof holidayYearSchema>

const years = new Map(
  z
    .object({ years: z.array(holidayYearSchema) })
    .parse(arrangements)
    .years.map((year) => [year.year, year]),
)

/** A year's arrangement; undefined where none is known, so that only weekends count as days off. */
export function holidayYear(year: number): HolidayYear | undefined {
  return years.get(year)
}

const yearOf = (date: ShanghaiDate) => years.get(Number(date.slice(0, 4)))

/** The public holiday a Shanghai day is part of. */
export function holidayOn(date: ShanghaiDate): Holiday | undefined {
  return yearOf(date)?.holidays.find(({ from, to }) => from <= date && date <= to)
}

/** True on a day on which offices work: Monday to Friday but for public holidays, and the weekends named in exchange for them. */
export function isWorkingDay(date: ShanghaiDate): boolean {
  if (holidayOn(date)) return false
  if (yearOf(date)?.workingWeekends.includes(date)) return true
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6
}

/** The end of a time in working days, what it was put off by, and whether a year it touches is not published yet. */
export interface WorkingDaysEnd {
  on: ShanghaiDate
  holidays: Holiday[]
  assumed: boolean
}

/**
 * The last of `days` working days after a Shanghai day, which does not count itself; with no days it is that day. Where a year is assumed
 * the end may come early by days that are still to be named as off, or late by adjusted weekends.
 */
export function workingDaysAfter(from: ShanghaiDate, days: number): WorkingDaysEnd {
  const holidays: Holiday[] = []
  let on = from
  let assumed = false
  for (let left = days; left > 0; ) {
    on = addDays(on, 1)
    assumed ||= yearOf(on)?.assumed ?? true
    const holiday = holidayOn(on)
    if (holiday && holidays.at(-1) !== holiday) holidays.push(holiday)
    if (isWorkingDay(on)) left -= 1
  }
  return { on, holidays, assumed }
}

/** The day `days` working days after a Shanghai day. */
export function addWorkingDays(from: ShanghaiDate, days: number): ShanghaiDate {
  return workingDaysAfter(from, days).on
}
