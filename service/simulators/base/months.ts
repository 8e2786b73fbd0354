import { addDays, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'

/** The first day of the month `months` after the month of `date` (negative: before). */
export function firstOfMonth(date: ShanghaiDate, months: number): ShanghaiDate {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months
  const year = String(Math.floor(index / 12)).padStart(4, '0')
  return `${year}-${String((index % 12) + 1).padStart(2, '0')}-01` as ShanghaiDate
}

/** The last day of the month `months` after the month of `date`. */
export function lastOfMonth(date: ShanghaiDate, months: number): ShanghaiDate {
  return addDays(firstOfMonth(date, months + 1), -1)
}
