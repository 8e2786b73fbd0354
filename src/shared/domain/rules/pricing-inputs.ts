import type { Agreement } from '../account.ts'
import { daysBetween, monthsAfter, type ShanghaiDate } from '../calendar.ts'
import type { CalendarFigure } from './agreement-terms.ts'

/**
 * What the calendar and the counter say about an agreement on a day. Months are calendar months, the running one not counted,
 * because it is still billed in full; days run to the last day inclusive. Time that has passed ends with the agreement.
 */
export function calendarInputs(
  agreement: Pick<Agreement, 'agreementPeriod' | 'devices'>,
  on: ShanghaiDate,
  devicesReturned: number,
): Record<CalendarFigure, number> {
  const { startDate, endDate } = agreement.agreementPeriod
  const totalMonths = monthsAfter(startDate, endDate)
  const totalDays = Math.max(0, daysBetween(startDate, endDate) + 1)
  return {
    remainingMonths: monthsAfter(on, endDate),
    elapsedMonths: Math.min(monthsAfter(startDate, on), totalMonths),
    totalMonths,
    remainingDays: Math.max(0, daysBetween(on, endDate)),
    elapsedDays: Math.min(Math.max(0, daysBetween(startDate, on)), totalDays),
    totalDays,
    devices: agreement.devices.length,
    devicesNotReturned: Math.max(0, agreement.devices.length - devicesReturned),
  }
}
