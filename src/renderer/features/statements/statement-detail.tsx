import { useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { imbalances, type Statement, type StatementLine } from '../../../shared/domain/ledger-statement.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useStatements } from './statements-store.ts'

/** The selected statement: accounts with their day, then every posting; a posting unfolds to its payment and case. */
export function StatementDetail() {
  const t = useT()
  const { selected, open, openFailure } = useStatements()
  const shown = selected === undefined ? undefined : open[selected]
  if (!shown)
    return openFailure ? (
      <Notice tone="waits" title={t('statement.notFetched')}>
        <FailureText failure={openFailure} />
      </Notice>
    ) : null
  return (
    <>
      {shown.offline ? (
        <Notice tone="waits">{t('statement.asOf', { at: formatInstant(shown.fetchedAt) })}</Notice>
      ) : null}
      <Accounts statement={shown.statement} />
      <Lines key={selected} statement={shown.statement} />
    </>
  )
}

function Accounts({ statement }: { statement: Statement }) {
  const t = useT()
  const wrong = imbalances(statement.accounts)
  return (
    <Panel
      title={t('statement.accounts')}
      tag={
        <Tag tone={wrong.length === 0 ? 'done' : 'stops'}>
          {wrong.length === 0 ? t('statement.balanced') : wrong.join(', ')}
        </Tag>
      }
    >
      <table className="statements-accounts">
        <thead>
          <tr>
            <th scope="col">{t('statement.account')}</th>
            <th scope="col">{t('statement.balanceOpening')}</th>
            <th scope="col">{t('statement.debit')}</th>
            <th scope="col">{t('statement.credit')}</th>
            <th scope="col">{t('statement.balanceClosing')}</th>
          </tr>
        </thead>
        <tbody>
          {statement.accounts.map((one) => (
            <tr key={`${one.book} ${one.account}`}>
              <th scope="row">
                <span className="statements-faint">{t(`ledgerBook.${one.book}`)}</span>{' '}
                {t(`ledgerAccount.${one.account}`)}
              </th>
              <td>
                <Money fen={one.openingFen} />
              </td>
              <td>
                <Money fen={one.debitFen} />
              </td>
              <td>
                <Money fen={one.creditFen} />
              </td>
              <td>
                <Money fen={one.closingFen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

function Lines({ statement }: { statement: Statement }) {
  const t = useT()
  const [unfolded, setUnfolded] = useState<string>()
  return (
    <Panel title={t('statement.lines')} aside={`${statement.postings}`}>
      <ul className="statements-lines">
        {statement.lines.map((line) => {
          const key = `${line.cause}/${line.position}`
          const shown = unfolded === key
          return (
            <li key={key}>
              <button
                type="button"
                className="statements-line"
                aria-expanded={shown}
                onClick={() => setUnfolded(shown ? undefined : key)}
              >
                <span aria-hidden="true">{shown ? '▾' : '▸'}</span>
                <span>{formatInstant(line.occurredAt).slice(11)}</span>
                <span>{t(`postingKind.${line.kind}`)}</span>
                <span className="statements-faint">
                  {t(`ledgerAccount.${line.debit}`)} ← {t(`ledgerAccount.${line.credit}`)}
                </span>
                <Money fen={line.amountFen} />
              </button>
              {shown ? <LineFacts line={line} /> : null}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

function LineFacts({ line }: { line: StatementLine }) {
  const t = useT()
  const facts: [string, string | undefined][] = [
    [t('statement.book'), t(`ledgerBook.${line.book}`)],
    [t('statement.carrier'), t(`carrierShort.${line.carrier}`)],
    [t('statement.case'), line.caseNumber ?? line.caseId],
    [t('statement.payment'), line.paymentId ?? line.refundId],
    [t('statement.reference'), line.reference],
    [t('statement.occurredAt'), formatInstant(line.occurredAt)],
    [t('statement.recordedAt'), formatInstant(line.recordedAt)],
    [t('statement.cause'), `${line.cause}/${line.position}`],
  ]
  return (
    <dl className="statements-facts">
      {facts.map(([label, value]) =>
        value === undefined ? null : (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
      <button
        type="button"
        className="statements-open-case"
        onClick={() => navigate({ name: 'case', caseId: line.caseId })}
      >
        {t('statement.openCase')}
      </button>
    </dl>
  )
}
