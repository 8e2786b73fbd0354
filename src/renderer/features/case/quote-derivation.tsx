import { type Fen, formatYuan } from '../../../shared/domain/money.ts'
import type { PenaltyQuote } from '../../../shared/domain/penalty-quote.ts'
import { expressionWithFigures } from '../../../shared/domain/rules/show-expression.ts'
import type { Translate } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import { Derivation } from '../../ui/derivation.tsx'
import { Tag } from '../../ui/tag.tsx'

type Step = PenaltyQuote['steps'][number]

function valueWithUnit(step: Step, t: Translate): string {
  switch (step.unit) {
    case 'fen':
      return formatYuan(step.value as Fen)
    case 'months':
      return t('case.agreements.unitMonths', { value: step.value })
    case 'days':
      return t('case.agreements.unitDays', { value: step.value })
    case 'count':
      return t('case.agreements.unitCount', { value: step.value })
    case 'percent':
      return t('case.agreements.unitPercent', { value: step.value })
  }
}

/** Every step of a quote with its figures, then the clause, its source, and the rule it comes from. */
export function QuoteDerivation({ quote }: { quote: PenaltyQuote }) {
  const t = useT()
  const language = useLanguage() === 'en' ? 'en' : 'zh'
  const rows = quote.steps.map((step, index) => ({
    label: step.label[language],
    note: expressionWithFigures(quote, quote.inputs, index),
    value: valueWithUnit(step, t),
  }))
  const last = rows.at(-1)!
  return (
    <Derivation
      label={t('case.agreements.derivation')}
      rows={rows.slice(0, -1)}
      result={{ ...last, value: formatYuan(quote.amountFen) }}
      footnote={
        <>
          <span className="case-clause">
            {t('case.agreements.clause')} · {quote.clause[language]}
          </span>
          {quote.assumed ? (
            <span className="case-clause">
              <Tag tone="waits">{t('case.agreements.assumed')}</Tag> {t('case.agreements.assumedNote')}
            </span>
          ) : null}
          <span className="case-clause">
            {t('case.agreements.source')} · {quote.source[language]}
          </span>
          <span className="case-clause">
            {t('case.agreements.rule', { rule: quote.ruleId, pack: quote.packId, version: quote.packVersion })}
          </span>
        </>
      }
    />
  )
}
