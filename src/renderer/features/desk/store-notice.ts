import type { AppView } from '../../../shared/contract/views.ts'
import type { Translate } from '../../../shared/i18n/translate.ts'

/** What happened to the data of this counter, in as many sentences as apply: of payments only when some came back. */
export function noticeText(t: Translate, { code, params }: NonNullable<AppView['storeNotice']>): string {
  if (code !== 'setBack') return t(`shell.storeNotice.${code}`, params)
  const sentences = [t('shell.storeNotice.setBack', params)]
  if (Number(params.payments) > 0) sentences.push(t('shell.storeNotice.setBackPayments', params))
  if (Number(params.cases) > 0) sentences.push(t('shell.storeNotice.setBackCases', params))
  sentences.push(t('shell.storeNotice.setBackGone'))
  return sentences.join(' ')
}
