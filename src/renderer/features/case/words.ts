import { blockerEntry } from '../../../shared/domain/blocker.ts'
import type { MissingItem } from '../../../shared/domain/case-progress.ts'
import { maskIdentification, maskName } from '../../../shared/domain/masking.ts'
import { type Fen, fen, formatYuan } from '../../../shared/domain/money.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import type { Language, MessageKey, Translate } from '../../../shared/i18n/translate.ts'

/** What a finding is called in the language on screen; an unknown code is shown as it came. */
export function blockerName(code: string, language: Language): string {
  const entry = blockerEntry(code)
  return entry ? (language === 'en' ? entry.en : entry.zh) : code
}

/** How a finding is removed, in the language on screen. */
export function blockerRemedy(code: string, language: Language): string | undefined {
  const remedy = blockerEntry(code)?.remedy
  return remedy && (language === 'en' ? remedy.en : remedy.zh)
}

/** The sentence of something still missing: codes inside its values become words and amounts. */
export function missingSentence(item: MissingItem, t: Translate, language: Language): string {
  const { blocker, subject, amountFen } = item.params
  if (item.code === 'payment' && Number(amountFen) < 0)
    return t('missing.paymentBack', { amount: formatYuan(fen(-Number(amountFen))) })
  return t(`missing.${item.code}`, {
    ...item.params,
    ...(blocker === undefined ? {} : { blocker: blockerName(String(blocker), language) }),
    ...(subject === undefined ? {} : { subject: t(`approval.${subject}` as MessageKey) }),
    ...(amountFen === undefined ? {} : { amount: `¥ ${formatYuan(amountFen as Fen)}` }),
  })
}

/** What the home province added to a finding: another number, a date, a cause, each with its name. */
export function blockerDetails(
  params: Readonly<Record<string, string | number>>,
  t: Translate,
): { label: string; value: string }[] {
  const known: Record<string, (value: string | number) => string> = {
    msisdn: (value) => formatMsisdn(String(value)),
    until: String,
    date: String,
    members: String,
    count: String,
    points: String,
    amountFen: (value) => `¥ ${formatYuan(value as Fen)}`,
    orderNumber: String,
    name: String,
    device: String,
    serial: String,
    plan: String,
  }
  return Object.entries(params).flatMap(([name, value]) => {
    const show = known[name]
    return show ? [{ label: t(`case.detail.${name}` as MessageKey), value: show(value) }] : []
  })
}

/** A name for the stub: masked, unless it arrives masked already. */
export function stubName(name: string): string {
  return name.includes('*') ? name : maskName(name)
}

/** A document number for the stub: masked, unless it arrives masked already. */
export function stubIdentification(id: string): string {
  return /[*…]/.test(id) ? id : maskIdentification(id)
}

/** Minutes and seconds that are left, `21:40`; `0:00` once it is over. */
export function remaining(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
