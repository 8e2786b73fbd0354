import type { Case } from '../domain/case.ts'
import type { LateFeeRule } from '../domain/late-fee.ts'
import { type Fen, fen, formatYuan } from '../domain/money.ts'
import type { PenaltyDerivation, PenaltyQuote } from '../domain/penalty-quote.ts'
import { expressionWithFigures } from '../domain/rules/show-expression.ts'
import type { Settlement, SettlementLine } from '../domain/settlement.ts'
import { isMessageKey, type Language, type Translate } from '../i18n/translate.ts'
import { escapeHtml, row } from './html.ts'

/** How a derivation step's value reads: yuan, months, a count or a per cent. */
function stepValue(value: number, unit: PenaltyQuote['steps'][number]['unit'], say: Translate): string {
  switch (unit) {
    case 'fen':
      return formatYuan(fen(value))
    case 'months':
      return say('paper.months', { count: value })
    case 'percent':
      return `${value} %`
    case 'days':
      return say('paper.days', { count: value })
    case 'count':
      return String(value)
  }
}

/** A row without an amount of its own; `html` is HTML. */
function explanation(html: string): string {
  return `<tr class="step"><td colspan="2">${html}</td></tr>`
}

type Derived = Pick<PenaltyQuote, 'inputs'> & PenaltyDerivation

/** Clause, source and rule of a derivation, and whether it is assumed. */
function grounds(made: PenaltyDerivation, language: Language, say: Translate): string {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  return `${escapeHtml(made.clause[words])} <span class="note">${escapeHtml(
    say('paper.source', { source: made.source[words] }),
  )} ${escapeHtml(say('paper.rule', { rule: made.ruleId, version: made.packVersion }))}</span>${
    made.assumed ? ` <span class="assumed">${escapeHtml(say('paper.assumed'))}</span>` : ''
  }`
}

/** One row per step: what it is, the figures it was computed from, rounding, and its value. */
function stepRows(made: Derived, language: Language, say: Translate): string[] {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  return made.steps.map((step, index) => {
    const how = expressionWithFigures(made, made.inputs, index)
    const note = [how, step.rounded ? say('paper.rounded') : undefined].filter(Boolean).join(' · ')
    const label = `${escapeHtml(step.label[words])}${note ? ` <span class="note">${escapeHtml(note)}</span>` : ''}`
    return row([label, escapeHtml(stepValue(step.value, step.unit, say))], 'step')
  })
}

/**
 * The rows that explain a penalty: every step with its figures, then clause, source of the rule and whether it is assumed; where
 * several rules apply, why this one is charged and what each of the others would come to.
 */
function quoteRows(quote: PenaltyQuote, language: Language, say: Translate): string {
  const others = quote.alternatives.map((other) =>
    explanation(
      `${escapeHtml(say('paper.alternative', { amount: formatYuan(other.amountFen) }))} ${grounds(other, language, say)}`,
    ),
  )
  return [
    ...stepRows(quote, language, say),
    explanation(grounds(quote, language, say)),
    ...(others.length > 0 ? [explanation(escapeHtml(say(`paper.chosenBy.${quote.chosenBy}`)))] : []),
    ...others,
  ].join('')
}

function labelOf(line: SettlementLine, say: Translate): string {
  const label = say(`settlementLine.${line.kind}`)
  const { name, billingPeriod } = line.detail
  const of = name ?? billingPeriod
  return of === undefined ? label : `${label} · ${of}`
}

function explanationOf(line: SettlementLine, lateFee: LateFeeRule, language: Language, say: Translate): string {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  if (line.kind === 'lateFee') {
    const { unpaidFen, daysLate, ratePerDay } = line.detail
    const how = say('paper.lateFeeHow', {
      unpaid: formatYuan(fen(Number(unpaidFen))),
      days: daysLate!,
      rate: ratePerDay!,
      amount: formatYuan(line.amountFen),
    })
    const assumption = lateFee.assumption[words]
    return [
      explanation(escapeHtml(how)),
      lateFee.clause[words] && explanation(escapeHtml(lateFee.clause[words])),
      assumption &&
        explanation(`<span class="assumed">${escapeHtml(say('paper.assumed'))}</span> ${escapeHtml(assumption)}`),
    ].join('')
  }
  if (line.kind === 'giftForfeited')
    return explanation(escapeHtml(say('paper.giftHow', { amount: formatYuan(fen(Number(line.detail.forfeitedFen))) })))
  return ''
}

/** The final bill as a table: every line with its derivation, the total last. */
export function settlementTable(parts: {
  settlement: Settlement
  quotes: readonly PenaltyQuote[]
  lateFee: LateFeeRule
  language: Language
  say: Translate
  /** Derivations take room; the receipt shows them too, because every figure must be explainable on paper. */
  explained: boolean
}): string {
  const { settlement, quotes, lateFee, language, say, explained } = parts
  const lines = settlement.lines.map((line) => {
    const quote = line.kind === 'penalty' ? quotes.find((made) => made.agreementId === line.ref) : undefined
    const figures = row([escapeHtml(labelOf(line, say)), formatYuan(line.amountFen)])
    if (!explained) return figures
    return figures + (quote ? quoteRows(quote, language, say) : explanationOf(line, lateFee, language, say))
  })
  const [key, amount]: ['paper.refundable' | 'paper.payable', Fen] =
    settlement.totalFen < 0 ? ['paper.refundable', settlement.refundableFen] : ['paper.payable', settlement.payableFen]
  return `<table>${lines.join('')}${row([escapeHtml(say(key)), formatYuan(amount)], 'total')}</table>`
}

/** The invoices a cancellation makes void, as the customer showed them; empty when there are none. */
export function invoiceLines(case_: Pick<Case, 'invoices' | 'preCheck'>, say: Translate): string {
  if (case_.invoices.length === 0) return ''
  const lines = case_.invoices.map(({ billId, invoiceNumber: number, way, amountFen }) => {
    const period = case_.preCheck?.account.bills.find((bill) => bill.id === billId)?.billingPeriod ?? billId
    return row([
      escapeHtml(say('paper.invoiceLine', { period, number, way: say(`invoiceWay.${way}`) })),
      formatYuan(amountFen),
    ])
  })
  return `<h2>${escapeHtml(say('paper.invoices'))}</h2><table>${lines.join('')}</table>`
}

/** Name of a code that has a sentence, otherwise the code. */
export function codeName(say: Translate, family: string, code: string): string {
  const key = `${family}.${code}`
  return isMessageKey(key) ? say(key) : code
}
