import { blockerEntry } from '../../shared/domain/blocker-catalogue.ts'
import { formatInstant, shanghaiDate } from '../../shared/domain/calendar.ts'
import { caseSteps } from '../../shared/domain/case-steps.ts'
import { fen, formatYuan } from '../../shared/domain/money.ts'
import { formatMsisdn } from '../../shared/domain/msisdn.ts'
import type { Failure } from '../../shared/domain/result.ts'
import { isMessageKey, type Language, type MessageParams, translate } from '../../shared/i18n/translate.ts'

/** Values that are codes: the parameter's name → the family of keys that names them. */
const families: Record<string, string> = {
  carrier: 'carrier',
  province: 'province',
  homeProvince: 'province',
  subject: 'approval',
  kind: 'attachment',
  action: 'task',
  asker: 'asker',
  check: 'mrzCheck',
  fieldName: 'documentField',
  documentType: 'documentType',
  route: 'refundRoute',
  field: 'field',
  error: 'error',
  template: 'smsTemplate',
  system: 'system',
  method: 'paymentMethod',
  cause: 'providerCause',
  way: 'invoiceWay',
  of: 'limitOf',
  per: 'limitPer',
  homeCause: 'order.invoice.cause',
}
const amounts = new Set(['amount', 'due', 'paid', 'expected', 'actual'])
const instants = new Set(['until', 'effective', 'deadline', 'at'])
/** Later than 2001 in milliseconds; smaller numbers under the names above are counts, not instants. */
const earliestInstant = 1_000_000_000_000

function presentValue(language: Language, name: string, value: string | number): string | number {
  if (typeof value === 'number') {
    if (amounts.has(name)) return formatYuan(fen(value))
    return instants.has(name) && value > earliestInstant ? formatInstant(value) : value
  }
  const family = name === 'step' && (caseSteps as readonly string[]).includes(value) ? 'step' : families[name]
  const key = `${family}.${value}`
  if (family && isMessageKey(key)) return translate(language, key)
  if (name === 'blocker' || name === 'reason') return blockerName(language, value)
  return name === 'msisdn' && /^1\d{10}$/.test(value) ? formatMsisdn(value) : value
}

/** The catalogue's sentence for a blocker's code; free text stays as it is. */
export function blockerName(language: Language, code: string): string {
  const entry = blockerEntry(code)
  return entry ? (language === 'en' ? entry.en : entry.zh) : code
}

/** Makes values fit to be read: codes become names, fen become yuan, instants become Shanghai time; `amountFen` also fills `{amount}`. */
export function presentParams(language: Language, params: MessageParams): MessageParams {
  const shown: MessageParams = {}
  // What comes in both languages at once is told in the one on screen.
  const told = params[language === 'en' ? 'en' : 'zh']
  if (told !== undefined) shown.why = told
  for (const [name, value] of Object.entries(params)) {
    shown[name] = presentValue(language, name, value)
    if (name.endsWith('Fen') && typeof value === 'number') shown[name.slice(0, -3)] = formatYuan(fen(value))
  }
  return shown
}

/** The sentence of a key built from a code at run time, with presented values; the code itself if there is no sentence. */
export function sentence(language: Language, key: string, params: MessageParams = {}): string {
  return isMessageKey(key) ? translate(language, key, presentParams(language, params)) : key
}

/** The sentence of an expected failure. */
export function failureSentence(language: Language, failure: Failure): string {
  return sentence(language, `error.${failure.code}`, failure.params)
}

/**
 * Leaves the year out of dates that need none, where a line is short: those of the running year and of the twelve months to come.
 * `2026-11-21 10:42` → `11-21 10:42`; in November 2026 also `2027-02-19` → `02-19`.
 */
export function withoutYear(text: string, now: number): string {
  const today = shanghaiDate(now)
  const year = Number(today.slice(0, 4))
  return text.replace(/\b(\d{4})-(\d{2}-\d{2})\b/g, (date, of: string, day: string) =>
    Number(of) === year || (Number(of) === year + 1 && day < today.slice(5)) ? day : date,
  )
}
