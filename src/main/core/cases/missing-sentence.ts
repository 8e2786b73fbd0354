import { blockerEntry } from '../../../shared/domain/blocker-catalogue.ts'
import type { MissingItem } from '../../../shared/domain/case-missing.ts'
import { fen, formatYuan } from '../../../shared/domain/money.ts'
import { fail, type Result } from '../../../shared/domain/result.ts'
import { isMessageKey, type Language, translate } from '../../../shared/i18n/translate.ts'

/** The name of a finding in a language; an unknown code stays visible as it is. */
function blockerText(code: string, language: Language): string {
  const entry = blockerEntry(code)
  if (!entry) return code
  return language === 'zh-CN' ? entry.zh : entry.en
}

/** What is missing, said in a language. */
export function missingSentence(item: MissingItem, language: Language): string {
  const { params } = item
  const amount = Number(params.amountFen ?? 0)
  const kindKey = `attachment.${params.kind ?? ''}`
  const askerKey = `asker.${params.asker ?? ''}`
  const subjectKey = `approval.${params.subject ?? ''}`
  const key = item.code === 'payment' && amount < 0 ? 'missing.paymentBack' : `missing.${item.code}`
  if (!isMessageKey(key)) return item.code
  return translate(language, key, {
    ...params,
    amount: formatYuan(fen(Math.abs(amount))),
    why: params[language === 'en' ? 'en' : 'zh'] ?? '',
    ...(params.blocker === undefined ? {} : { blocker: blockerText(String(params.blocker), language) }),
    ...(isMessageKey(kindKey) ? { kind: translate(language, kindKey) } : {}),
    ...(isMessageKey(askerKey) ? { asker: translate(language, askerKey) } : {}),
    ...(isMessageKey(subjectKey) ? { subject: translate(language, subjectKey) } : {}),
  })
}

/**
 * Refuses with the first thing that is missing. Errors: `case.blocked` for a finding that stops the case,
 * `risk.refused`, `approval.missing`, otherwise `case.incomplete`.
 */
export function refuseMissing(missing: readonly MissingItem[], language: Language): Result<never> {
  const blocker = missing.find((item) => item.code === 'blocker')
  if (blocker) return fail('case.blocked', { params: blocker.params })
  const refused = missing.find((item) => item.code === 'riskRefused')
  if (refused) return fail('risk.refused', { params: refused.params })
  const first = missing[0]!
  if (first.code === 'approval') return fail('approval.missing', { params: first.params })
  return fail('case.incomplete', { params: { missing: missingSentence(first, language), step: first.step } })
}
