import { type Fen, formatYuan } from '../../../shared/domain/money.ts'
import type { PenaltyDerivation, PenaltyQuote, QuoteStep } from '../../../shared/domain/penalty-quote.ts'
import { expressionWithFigures } from '../../../shared/domain/rules/show-expression.ts'
import type { Translate } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import { Derivation } from '../../ui/derivation.tsx'
import { Tag } from '../../ui/tag.tsx'

function valueWithUnit(step: QuoteStep, t: Translate): string {
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

/** How a step came about: its expression with figures, and that it was rounded. */
function noteOf(made: PenaltyDerivation, quote: PenaltyQuote, index: number, t: Translate): string | undefined {
  const how = expressionWithFigures(made, quote.inputs, index)
  return made.steps[index]!.rounded ? [how, t('case.agreements.rounded')].filter(Boolean).join(' · ') : how
}

/** Every step of one rule with its figures, then the clause, its source, and the rule it comes from. */
function RuleDerivation({ made, quote }: { made: PenaltyDerivation; quote: PenaltyQuote }) {
  const t = useT()
  const language = useLanguage() === 'en' ? 'en' : 'zh'
  const rows = made.steps.map((step, index) => ({
    label: step.label[language],
    note: noteOf(made, quote, index, t),
    value: valueWithUnit(step, t),
  }))
  const last = rows.at(-1)!
  return (
    <Derivation
      label={t('case.agreements.derivation')}
      rows={rows.slice(0, -1)}
      result={{ ...last, value: formatYuan(made.amountFen) }}
      footnote={
        <>
          <span className="case-clause">
            {t(`case.agreements.basis.${made.basis}`)} · {made.clause[language]}
          </span>
          {made.assumed ? (
            <span className="case-clause">
              <Tag tone="waits">{t('case.agreements.assumed')}</Tag> {t('case.agreements.assumedNote')}
            </span>
          ) : null}
          <span className="case-clause">
            {t('case.agreements.source')} · {made.source[language]}
          </span>
          <span className="case-clause">
            {t('case.agreements.rule', { rule: made.ruleId, pack: made.packId, version: made.packVersion })}
          </span>
        </>
      }
    />
  )
}

/** How the price comes about; where several rules apply, all of them side by side, the charged one first. */
export function QuoteDerivation({ quote }: { quote: PenaltyQuote }) {
  const t = useT()
  if (quote.alternatives.length === 0) return <RuleDerivation made={quote} quote={quote} />
  return (
    <div className="case-alternatives">
      <section aria-label={t('case.agreements.chargedRule')}>
        <p className="case-alternative-head">
          <Tag tone="chosen">{t('case.agreements.chargedRule')}</Tag> {t(`case.agreements.chosenBy.${quote.chosenBy}`)}
        </p>
        <RuleDerivation made={quote} quote={quote} />
      </section>
      {quote.alternatives.map((other) => (
        <section key={other.ruleId} aria-label={t('case.agreements.otherRule')}>
          <p className="case-alternative-head">
            <Tag tone="plain">{t('case.agreements.otherRule')}</Tag>{' '}
            {t('case.agreements.otherWould', { amount: formatYuan(other.amountFen) })}
          </p>
          <RuleDerivation made={other} quote={quote} />
        </section>
      ))}
    </div>
  )
}
