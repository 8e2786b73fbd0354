import type { Instant, ShanghaiDate } from './scalars.ts'

export type { Instant, ShanghaiDate } from './scalars.ts'

const dayMs = 86_400_000
/** Asia/Shanghai has been UTC+8 without daylight saving since 1991. */
const shanghaiOffsetMs = 8 * 3_600_000

export const millisecondsPerDay = dayMs

/** Marks UTC milliseconds as an instant. */
export function instant(utcMilliseconds: number): Instant {
  return Math.trunc(utcMilliseconds) as Instant
}

/** The calendar day in Asia/Shanghai at an instant. */
export function shanghaiDate(at: Instant | number): ShanghaiDate {
  return new Date(at + shanghaiOffsetMs).toISOString().slice(0, 10) as ShanghaiDate
}

/** The first instant of a day in Asia/Shanghai. */
export function startOfDay(date: ShanghaiDate): Instant {
  return instant(Date.parse(`${date}T00:00:00+08:00`))
}

/** `2026-11-21 10:42` in Asia/Shanghai. */
export function formatInstant(at: Instant | number): string {
  return new Date(at + shanghaiOffsetMs).toISOString().slice(0, 16).replace('T', ' ')
}

/** Checks that a text is a real calendar day (`2026-02-30` is not) and marks it. */
export function parseDate(text: string): ShanghaiDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const at = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? undefined : (text as ShanghaiDate)
}

/** Whole days from one day to a later one; negative when it is earlier. */
export function daysBetween(from: ShanghaiDate, to: ShanghaiDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)
}

/** The day `days` after a day. */
export function addDays(date: ShanghaiDate, days: number): ShanghaiDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10) as ShanghaiDate
}

/**
 * Calendar months after the month of `from` up to and including the month of `to`; the running month is not counted,
 * because it is still billed in full. 2026-11-21 → 2043-12-31 gives 205. Never negative.
 */
export function monthsAfter(from: ShanghaiDate, to: ShanghaiDate): number {
  const index = (date: ShanghaiDate) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  return Math.max(0, index(to) - index(from))
}

/** Full years of age on a day (a person born on 29 February turns a year older on 1 March). */
export function ageOn(birth: ShanghaiDate, on: ShanghaiDate): number {
  const years = Number(on.slice(0, 4)) - Number(birth.slice(0, 4))
  return on.slice(5) >= birth.slice(5) ? years : years - 1
}
