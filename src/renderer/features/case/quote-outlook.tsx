import type { PenaltyQuote } from '../../../shared/domain/penalty-quote.ts'
import type { WaitingEffect } from '../../../shared/domain/rules/waiting-effect.ts'
import { useT } from '../../language.ts'
import { Money } from '../../ui/money.tsx'
import { Unfold } from './unfold.tsx'

/** What waiting would bring: when it costs nothing, and the next days on which the price changes. */
export function QuoteOutlook({ quote, effect }: { quote: PenaltyQuote; effect: WaitingEffect }) {
  const t = useT()
  const { changes, free } = effect
  const label = free
    ? t('case.agreements.freeIn', { days: free.inDays, on: free.on })
    : t('case.agreements.outlook', { count: changes.length })
  return (
    <Unfold label={label}>
      <div className="derivation">
        <table aria-label={t('case.agreements.outlookTable')}>
          <tbody>
            <tr>
              <th scope="row">{t('case.agreements.outlookToday')}</th>
              <td>{quote.hold ? t('case.agreements.stillHeld') : <Money fen={quote.amountFen} symbol />}</td>
            </tr>
            {changes.map(({ on, inDays, amountFen, held }) => (
              <tr key={on}>
                <th scope="row">
                  {on}
                  <span className="derivation-note">{t('case.agreements.inDays', { days: inDays })}</span>
                </th>
                <td>
                  {held ? `${t('case.agreements.stillHeld')} · ` : ''}
                  <Money fen={amountFen} symbol />
                </td>
              </tr>
            ))}
            {free && changes.at(-1)?.on !== free.on ? (
              <tr>
                <th scope="row">
                  {free.on}
                  <span className="derivation-note">{t('case.agreements.inDays', { days: free.inDays })}</span>
                </th>
                <td>{t('case.agreements.terminateFree')}</td>
              </tr>
            ) : null}
          </tbody>
        </table>
        <p className="derivation-footnote">
          {t('case.agreements.outlookNote')}
          {quote.grows ? ` ${t('case.agreements.grows')}` : ''}
        </p>
      </div>
    </Unfold>
  )
}
