import type { Agreement } from './account.ts'
import { addDays, type ShanghaiDate, startOfDay } from './calendar.ts'
import { quotePenalty } from './penalty-quote.ts'
import { ok, type Result } from './result.ts'
import type { EffectiveRules } from './rules/resolve-rules.ts'

/** Longest way a rule may be followed into the future, in months: agreements run to 2099 at most. */
const mostMonths = 1000

/** The first day of the month after a day's month. */
function nextMonth(day: ShanghaiDate): ShanghaiDate {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`
  return `${next}-01` as ShanghaiDate
}

/**
 * The first Shanghai day, from `from` on, on which ending the agreement costs nothing: prices change with months only, and after its
 * last day nothing is left to pay. All devices count as returned by then. Errors: those of the quote.
 */
export function firstFreeDay(agreement: Agreement, rules: EffectiveRules, from: ShanghaiDate): Result<ShanghaiDate> {
  const afterEnd = addDays(agreement.agreementPeriod.endDate, 1)
  let day = from
  for (let month = 0; month < mostMonths && day < afterEnd; month += 1) {
    const quote = quotePenalty({ agreement, rules, at: startOfDay(day), devicesReturned: agreement.devices.length })
    if (!quote.ok) return quote
    if (quote.value.amountFen === 0) return ok(day)
    day = nextMonth(day)
  }
  return ok(afterEnd > from ? afterEnd : from)
}
