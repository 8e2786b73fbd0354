import type { Case } from '../domain/case.ts'
import type { LateFeeRule } from '../domain/late-fee.ts'
import { formatYuan } from '../domain/money.ts'
import { formatMsisdn } from '../domain/msisdn.ts'
import type { NewFigures } from '../domain/recheck.ts'
import { type Language, translator } from '../i18n/translate.ts'
import type { Device } from '../protocol/device.ts'
import { escapeHtml, facts, page } from './html.ts'
import { a4Style } from './paper-style.ts'
import { settlementTable } from './settlement-table.ts'

/**
 * What the customer signs when an order would cost more than they signed: the old and the new total, why, and every new figure with its
 * derivation. Pure and repeatable, so that its hash says whether it is what was read.
 */
export function buildFiguresForm(parts: {
  case: Case
  figures: NewFigures
  device: Device
  lateFee: LateFeeRule
  language: Language
}): string {
  const { case: case_, figures, device, lateFee, language } = parts
  const say = translator(language)
  const reasons = figures.reasons.map(({ code, subject = '', fromFen, toFen }) =>
    say(`recheck.${code}`, {
      subject,
      from: fromFen === undefined ? '—' : formatYuan(fromFen),
      to: toFen === undefined ? '—' : formatYuan(toFen),
    }),
  )
  const body = `<main>
<header><h1>${escapeHtml(say('paper.figures'))}</h1>
${facts([
  [say('paper.caseNumber'), case_.caseNumber],
  [say('paper.number'), formatMsisdn(case_.msisdn)],
  [say('paper.name'), case_.document?.name ?? case_.recalled?.maskedName],
  [say('paper.store'), `${device.storeName} · ${device.deviceName}`],
  [say('paper.figuresBefore'), formatYuan(figures.signedTotalFen)],
  [say('paper.figuresNow'), formatYuan(figures.settlement.totalFen)],
  [say('paper.figuresDue'), formatYuan(figures.dueFen)],
])}</header>
<section><h2>${escapeHtml(say('paper.figuresWhy'))}</h2><ul>${reasons
    .map((reason) => `<li>${escapeHtml(reason)}</li>`)
    .join('')}</ul></section>
<section><h2>${escapeHtml(say('paper.settlement'))}</h2>${settlementTable({
    settlement: figures.settlement,
    quotes: figures.agreements.map(({ quote }) => quote),
    lateFee,
    language,
    say,
    explained: true,
  })}</section>
<section><p>${escapeHtml(say('paper.figuresConfirm'))}</p></section>
</main>`
  return page({ language, title: say('paper.figures'), style: a4Style, body })
}
