import type { Agreement } from '../account.ts'
import { addDays, type ShanghaiDate } from '../calendar.ts'
import { dayAfterEnd } from './price-rules.ts'

/** A hundred years: beyond it no agreement is searched. */
const mostMonths = 1200
/** How far rules that count days are followed from day to day; behind it, from month to month. */
const daysFollowed = 62

/** The first day of the month `months` after the month of a day. */
export function firstOfMonthAfter(day: ShanghaiDate, months: number): ShanghaiDate {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  const year = String(Math.floor(index / 12)).padStart(4, '0')
  return `${year}-${String((index % 12) + 1).padStart(2, '0')}-01` as ShanghaiDate
}

/**
 * The days after `on` on which the price of an agreement may change, in order: the first of each month, every day of the next two
 * months where a rule counts days, days on which other rules begin (`also`), and the day after the agreement's last.
 */
export function* comingDays(
  agreement: Pick<Agreement, 'agreementPeriod'>,
  on: ShanghaiDate,
  wishes: { daily: boolean; also?: readonly ShanghaiDate[] },
): Generator<ShanghaiDate> {
  const last = dayAfterEnd(agreement)
  const extra = (wishes.also ?? []).filter((day) => day > on && day < last).sort()
  let day = on
  if (wishes.daily)
    for (let step = 1; step <= daysFollowed; step += 1) {
      day = addDays(on, step)
      if (day >= last) break
      yield day
    }
  for (let month = 1; month <= mostMonths; month += 1) {
    const first = firstOfMonthAfter(on, month)
    if (first >= last) break
    while (extra.length > 0 && extra[0]! <= first) {
      const other = extra.shift()!
      if (other > day && other < first) yield other
    }
    if (first <= day) continue
    day = first
    yield first
  }
  for (const other of extra) if (other > day) yield other
  if (last > on) yield last
}
