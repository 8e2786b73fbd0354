import type { Blocker } from '../../../shared/domain/blocker.ts'
import type { MissingItem } from '../../../shared/domain/case-missing.ts'
import { maskIdentification, maskName } from '../../../shared/domain/masking.ts'
import { type Fen, fen, formatYuan } from '../../../shared/domain/money.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { isMessageKey, type Language, type MessageKey, type Translate } from '../../../shared/i18n/translate.ts'
import { sentence } from '../../ui/sentence.ts'

/** The sentence of something still missing: codes inside its values become words and amounts. */
export function missingSentence(item: MissingItem, language: Language): string {
  const amountFen = Number(item.params.amountFen)
  if (item.code === 'payment' && amountFen < 0)
    return sentence(language, 'missing.paymentBack', { amount: formatYuan(fen(-amountFen)) })
  return sentence(language, `missing.${item.code}`, item.params)
}

/** What the home province added to a finding: another number, a date, a cause, each with its name. */
export function blockerDetails(params: Blocker['params'], t: Translate): { label: string; value: string }[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const key = `case.detail.${name}`
    if (!isMessageKey(key)) return []
    const cause = `case.cause.${value}`
    const shown =
      name === 'amountFen'
        ? `¥ ${formatYuan(value as Fen)}`
        : name === 'cause' && isMessageKey(cause)
          ? t(cause)
          : shownNumber(String(value))
    return [{ label: t(key), value: shown }]
  })
}

/** A number of the network in threes and fours; broadband accounts and anything else as they come. */
export function shownNumber(text: string): string {
  return /^1\d{10}$/.test(text) ? formatMsisdn(text) : text
}

/** The name of a relation between lines; a relation unknown here is shown as the home province wrote it. */
export function relationName(relation: string, t: Translate): string {
  const key = `case.relation.${relation}`
  return isMessageKey(key) ? t(key as MessageKey) : relation
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
  const seconds = Math.max(0, Math.floor((until - now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
