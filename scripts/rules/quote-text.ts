import { type Fen, formatYuan } from '../../src/shared/domain/money.ts'
import type { PenaltyDerivation, PenaltyQuote, QuoteStep } from '../../src/shared/domain/penalty-quote.ts'
import type { RuleLanguage } from '../../src/shared/domain/rules/bilingual.ts'
import { expressionWithFigures } from '../../src/shared/domain/rules/show-expression.ts'
import type { WaitingEffect } from '../../src/shared/domain/rules/waiting-effect.ts'
import { say } from './words.ts'

function shownValue(step: QuoteStep): string {
  if (step.unit === 'fen') return `¥ ${formatYuan(step.value as Fen)}`
  return step.unit === 'percent' ? `${step.value} %` : String(step.value)
}

function derivationLines(made: PenaltyDerivation, quote: PenaltyQuote, language: RuleLanguage): string[] {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  const steps = made.steps.map((step, index) => {
    const how = expressionWithFigures(made, quote.inputs, index)
    const rounded = step.rounded ? `  (${say(language, 'rounded')})` : ''
    return `    ${step.label[words]}  [${step.name} = ${step.expression}]${how ? `  ${how}` : ''}  = ${shownValue(step)}${rounded}`
  })
  return [
    ...steps,
    `    ${say(language, 'rule')}: ${made.ruleId} (${made.packId} ${made.packVersion}, ${made.basis})`,
    `    ${say(language, 'clause')}: ${made.clause[words]}`,
    `    ${say(language, 'source')}: ${made.source[words]}`,
    ...(made.assumed ? [`    ${say(language, 'assumed')}`] : []),
    ...(made.grows ? [`    ${say(language, 'grows')}`] : []),
  ]
}

function waitingLines(waiting: WaitingEffect | undefined, language: RuleLanguage): string[] {
  if (!waiting || (waiting.changes.length === 0 && !waiting.free)) return [`  ${say(language, 'noWaiting')}`]
  return [
    ...waiting.changes.map(
      ({ on, inDays, amountFen, held }) =>
        `  ${say(language, held ? 'changeHeld' : 'change', { on, inDays, amount: `¥ ${formatYuan(amountFen)}` })}`,
    ),
    ...(waiting.free ? [`  ${say(language, 'free', waiting.free)}`] : []),
  ]
}

/** A quote with its whole derivation, its alternatives and what waiting brings, as lines to read. */
export function quoteText(
  quote: PenaltyQuote,
  waiting: WaitingEffect | undefined,
  on: string,
  language: RuleLanguage,
): string[] {
  const words = language === 'zh-CN' ? 'zh' : 'en'
  return [
    `${say(language, 'packs')}: ${quote.packs.map(({ id, version }) => `${id} ${version}`).join(' → ')}`,
    `${say(language, 'day')}: ${on}`,
    ...(quote.hold ? [say(language, 'hold', { until: quote.hold.until, reason: quote.hold.reason[words] })] : []),
    `${say(language, 'charged')}: ¥ ${formatYuan(quote.amountFen)} — ${say(language, quote.chosenBy)}`,
    ...derivationLines(quote, quote, language),
    ...quote.alternatives.flatMap((other) => [
      `${say(language, 'alternative')}: ¥ ${formatYuan(other.amountFen)}`,
      ...derivationLines(other, quote, language),
    ]),
    `${say(language, 'waiting')}:`,
    ...waitingLines(waiting, language),
  ]
}
