import type { Translate } from '../../shared/i18n/translate.ts'

/** An age in words staff say: seconds under a minute, then minutes, hours, days. Negative ages (a moved clock) count as none. */
export function ageText(t: Translate, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return t('ui.age.seconds', { count: seconds })
  if (seconds < 3600) return t('ui.age.minutes', { count: Math.floor(seconds / 60) })
  if (seconds < 86_400) return t('ui.age.hours', { count: Math.floor(seconds / 3600) })
  return t('ui.age.days', { count: Math.floor(seconds / 86_400) })
}

/** A duration as on a stopwatch, `02:10`; from an hour on in words, because nobody reads 26:14:03. */
export function durationText(t: Translate, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 3600)
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return spanText(t, milliseconds)
}

/** A span in its largest whole unit: `2 天`, `5 小时`, `12 分钟`, `40 秒`. */
export function spanText(t: Translate, milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 1) return t('ui.span.seconds', { count: Math.max(0, Math.floor(milliseconds / 1000)) })
  if (minutes < 60) return t('ui.span.minutes', { count: minutes })
  if (minutes < 1440) return t('ui.span.hours', { count: Math.floor(minutes / 60) })
  return t('ui.span.days', { count: Math.floor(minutes / 1440) })
}

/** Time that is left, to the hour for days and to the minute below: `1 天 3 小时`, `5 小时 20 分钟`. */
export function remainingText(t: Translate, milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  const larger = days > 0 ? t('ui.span.days', { count: days }) : hours > 0 ? t('ui.span.hours', { count: hours }) : ''
  const smaller = days > 0 ? t('ui.span.hours', { count: hours }) : t('ui.span.minutes', { count: minutes % 60 })
  return larger ? `${larger} ${smaller}` : smaller
}
