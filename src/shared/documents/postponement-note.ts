import type { ReceiptView } from '../contract/views.ts'
import { formatInstant } from '../domain/calendar.ts'
import { formatMsisdn } from '../domain/msisdn.ts'
import { type Language, translator } from '../i18n/translate.ts'
import { escapeHtml, facts, page, row } from './html.ts'
import { receiptStyle } from './paper-style.ts'

/** What the customer takes home when the case waits for agreements to end: the day, what it rests on, and what to bring then. */
export function buildPostponementNote(parts: { view: ReceiptView; language: Language; qrSvg: string }): string {
  const { view, language, qrSvg } = parts
  const say = translator(language)
  const { case: case_ } = view.case
  const { postponed } = case_
  if (!postponed) throw new Error('a case that is not postponed has no such note')
  const number = case_.preCheck?.account.number ?? case_.number
  const rows = postponed.kept.map(({ name, freeFrom }) => row([escapeHtml(name), freeFrom]))
  const head = row([escapeHtml(say('paper.postponedAgreement')), escapeHtml(say('paper.postponedFrom'))], 'step')
  const body = `<main>
<h1>${escapeHtml(say('paper.postponed'))}</h1>
${view.printNumber > 1 ? `<p class="copy">${escapeHtml(say('paper.copy', { number: view.printNumber - 1 }))}</p>` : ''}
<p class="state">${escapeHtml(say('paper.postponedUntil'))}<br>${postponed.until}</p>
<p>${escapeHtml(say('paper.postponedLead'))}</p>
<table>${head}${rows.join('')}</table>
${facts([
  [say('paper.caseNumber'), case_.caseNumber],
  [say('paper.msisdn'), formatMsisdn(case_.msisdn)],
  [say('paper.home'), number && `${say(`province.${number.homeProvince}`)} · ${say(`carrierShort.${number.carrier}`)}`],
  [say('paper.name'), case_.document?.name ?? number?.maskedName],
  [say('paper.store'), `${view.device.storeName} ${view.device.deviceName}`],
  [say('paper.clerk'), case_.clerkName],
  [say('paper.date'), formatInstant(postponed.at)],
])}
<p>${escapeHtml(say('paper.postponedBring'))}</p>
<p>${escapeHtml(say('paper.postponedEarly'))}</p>
<div class="qr">${qrSvg}</div>
<p class="foot note">${escapeHtml(say('paper.printedAt', { at: formatInstant(view.printedAt) }))}</p>
</main>`
  return page({ language, title: `${say('paper.postponed')} ${case_.caseNumber}`, style: receiptStyle, body })
}
