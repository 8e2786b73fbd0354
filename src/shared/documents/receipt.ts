import type { CaseView, ReceiptView } from '../contract/views.ts'
import { formatInstant } from '../domain/calendar.ts'
import type { Case } from '../domain/case.ts'
import { fen, formatYuan } from '../domain/money.ts'
import { formatMsisdn } from '../domain/msisdn.ts'
import { portraitToRepair } from '../domain/proof-level.ts'
import { assertNever } from '../domain/result.ts'
import { type Language, type MessageKey, type Translate, translator } from '../i18n/translate.ts'
import { escapeHtml, facts, page, row } from './html.ts'
import { receiptStyle } from './paper-style.ts'
import { buildPostponementNote } from './postponement-note.ts'
import { invoiceLines, settlementTable } from './settlement-table.ts'

/** Which sentence says where the order stands. Before the home province has finished it is only accepted. */
function stateKey({ order, movedOn }: Pick<CaseView, 'order' | 'movedOn'>): MessageKey {
  if (movedOn) return 'paper.stateMovedOn'
  if (!order) return 'paper.stateAccepted'
  switch (order.stage) {
    case 'accepted':
    case 'paymentsPosted':
    case 'homeReview':
    case 'returned':
    case 'agreementsTerminated':
    case 'settled':
      return 'paper.stateAccepted'
    case 'deactivated':
      return 'paper.stateCompleted'
    case 'refused':
      return 'paper.stateRefused'
    case 'withdrawn':
      return 'paper.stateWithdrawn'
    case 'stopped':
      return 'paper.stateStopped'
    case 'coolingOff':
      return 'paper.stateCoolingOff'
    case 'expired':
      return 'paper.stateExpired'
    default:
      return assertNever(order.stage)
  }
}

function payments({ case: { case: case_, order } }: ReceiptView, say: Translate): string {
  const paid = case_.payments.flatMap((payment) => {
    const { method, receiptNumber: number, amountFen, tenderedFen } = payment
    const line = row([
      escapeHtml(
        `${say('paper.paid')} · ${say('paper.paymentLine', { method: say(`paymentMethod.${method}`), number })}`,
      ),
      formatYuan(amountFen),
    ])
    if (tenderedFen === undefined || tenderedFen === amountFen) return [line]
    return [
      line,
      row([escapeHtml(say('paper.tendered')), formatYuan(tenderedFen)], 'step'),
      row([escapeHtml(say('paper.change')), formatYuan(fen(tenderedFen - amountFen))], 'step'),
    ]
  })
  const returned = case_.refundsPaid.map(({ method, receiptNumber: number, amountFen }) =>
    row([
      escapeHtml(say('paper.givenBack', { method: say(`paymentMethod.${method}`), number })),
      formatYuan(fen(-amountFen)),
    ]),
  )
  const refunded = order?.refundFen ? [row([escapeHtml(say('paper.refundOrdered')), formatYuan(order.refundFen)])] : []
  const rows = [...paid, ...refunded, ...returned]
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : ''
}

/** Who acted for the holder; names are masked already. */
function askedBy({ case: { case: case_ } }: ReceiptView, say: Translate): string | undefined {
  const { asker } = case_
  if (!asker || asker.kind === 'holder') return undefined
  return [say(`asker.${asker.kind}`), asker.document?.name].filter(Boolean).join(' ')
}

/** What was settled stands on the receipt the customer was given; it is not at hand here any more. */
function recalledLine({ recalled, acceptedFigures }: Case, say: Translate): string {
  return recalled && !acceptedFigures ? `<p class="note">${escapeHtml(say('paper.recalled'))}</p>` : ''
}

/** A portrait that is still to be supplied is said on the paper, and by which two it was compared. */
function portraitLine({ proof, portraitSupplied }: Case, say: Translate): string {
  if (!proof || !portraitToRepair(proof) || portraitSupplied) return ''
  return `<p class="note">${escapeHtml(say('paper.portraitToRepair'))}</p>`
}

/**
 * The receipt: one page for 80 mm rolls and A4. `qrSvg` is the QR code of the case number, drawn by the caller. From the
 * second print on it says which copy it is; before the order is done it says that nothing has been executed yet.
 * Everything personal in `view` is masked already.
 */
export function buildReceipt(parts: { view: ReceiptView; language: Language; qrSvg: string }): string {
  const { view, language, qrSvg } = parts
  const say = translator(language)
  const { case: case_, order, progress } = view.case
  if (case_.postponed) return buildPostponementNote(parts)
  const number = case_.preCheck?.account.number ?? case_.number ?? case_.recalled
  const settlement =
    progress.settlement && view.lateFee
      ? `<h2>${escapeHtml(say('paper.settlement'))}</h2>${settlementTable({
          settlement: progress.settlement,
          quotes: progress.quotes.flatMap(({ quote }) => (quote ? [quote] : [])),
          lateFee: view.lateFee,
          language,
          say,
          explained: true,
        })}`
      : ''
  const body = `<main>
<h1>${escapeHtml(say('paper.receipt'))}</h1>
${view.printNumber > 1 ? `<p class="copy">${escapeHtml(say('paper.copy', { number: view.printNumber - 1 }))}</p>` : ''}
<p class="state">${escapeHtml(say(stateKey(view.case)))}</p>
${facts([
  [say('paper.caseNumber'), case_.caseNumber],
  [say('paper.msisdn'), formatMsisdn(case_.msisdn)],
  [say('paper.home'), number && `${say(`province.${number.homeProvince}`)} · ${say(`carrierShort.${number.carrier}`)}`],
  [say('paper.name'), case_.document?.name ?? number?.maskedName],
  [say('paper.asker'), askedBy(view, say)],
  [say('paper.store'), `${view.device.storeName} ${view.device.deviceName}`],
  [say('paper.clerk'), case_.clerkName],
  [say('paper.acceptedAt'), case_.submittedAt && formatInstant(case_.submittedAt)],
  [say('paper.deadline'), order && order.stage !== 'deactivated' ? order.deadline : undefined],
  [say('paper.effectiveAt'), order?.effectiveAt && formatInstant(order.effectiveAt)],
  [say('paper.agingUntil'), order?.agingUntil],
])}
${settlement}
${payments(view, say)}
${invoiceLines(case_, say)}
${recalledLine(case_, say)}
${portraitLine(case_, say)}
<div class="qr">${qrSvg}</div>
<p class="foot">${escapeHtml(say('paper.track'))}<br>${escapeHtml(say('paper.keep'))}</p>
<p class="foot note">${escapeHtml(say('paper.printedAt', { at: formatInstant(view.printedAt) }))}</p>
</main>`
  return page({
    language,
    title: `${say('paper.receipt')} ${case_.caseNumber}`,
    style: receiptStyle,
    body,
  })
}
