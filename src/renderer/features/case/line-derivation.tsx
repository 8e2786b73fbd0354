import { formatInstant } from '../../../shared/domain/calendar.ts'
import { type Fen, formatYuan } from '../../../shared/domain/money.ts'
import type { SettlementLine } from '../../../shared/domain/settlement.ts'
import { useT } from '../../language.ts'
import { Derivation, type DerivationRow } from '../../ui/derivation.tsx'
import { perMille } from './amounts.ts'
import { QuoteDerivation } from './quote-derivation.tsx'
import { useCase } from './use-case.ts'

/** What a line of the final bill is called. */
export function useLineName(): (line: SettlementLine) => string {
  const t = useT()
  return ({ kind, detail }) => {
    if (kind === 'bill') return t('case.settlement.billLine', { period: String(detail.billingPeriod) })
    if (kind === 'lateFee') return t('case.settlement.lateFeeLine', { period: String(detail.billingPeriod) })
    return detail.name
      ? t('case.settlement.namedLine', { kind: t(`settlementLine.${kind}`), name: String(detail.name) })
      : t(`settlementLine.${kind}`)
  }
}

/** How one line of the final bill comes about. */
export function LineDerivation({ line }: { line: SettlementLine }) {
  const t = useT()
  const name = useLineName()
  const rows = useRows(line)
  const { view } = useCase()
  const quote = view.progress.quotes.find((each) => each.agreementId === line.ref)?.quote
  if (line.kind === 'penalty' && quote) return <QuoteDerivation quote={quote} />
  const footnote =
    line.kind === 'giftForfeited'
      ? t('case.settlement.forfeited', { amount: formatYuan(line.detail.forfeitedFen as Fen) })
      : line.kind === 'cashBalance' || line.kind === 'deposit'
        ? t('case.settlement.credit')
        : line.kind === 'lateFee'
          ? t('case.settlement.lateFeeClause')
          : undefined
  return (
    <Derivation
      label={name(line)}
      rows={rows}
      result={{ label: t(`settlementLine.${line.kind}`), value: formatYuan(line.amountFen) }}
      footnote={footnote}
    />
  )
}

function useRows(line: SettlementLine): DerivationRow[] {
  const t = useT()
  const { view } = useCase()
  const account = view.case.preCheck?.account
  const { detail } = line
  switch (line.kind) {
    case 'bill': {
      const bill = account?.bills.find((each) => each.id === line.ref)
      if (!bill) return []
      return [
        { label: t('case.settlement.billAmount'), value: formatYuan(bill.amountFen) },
        { label: t('case.settlement.due'), value: bill.paymentDueDate },
        {
          label: t('case.settlement.invoiced'),
          value: t(bill.invoiced ? 'case.settlement.invoicedYes' : 'case.settlement.invoicedNo'),
        },
      ]
    }
    case 'lateFee':
      return [
        { label: t('case.settlement.unpaid'), value: formatYuan(detail.unpaidFen as Fen) },
        { label: t('case.settlement.rate'), value: `× ${perMille(String(detail.ratePerDay))}‰` },
        {
          label: t('case.settlement.daysLate'),
          note: account?.bills.find((each) => each.id === line.ref)?.paymentDueDate,
          value: `× ${t('case.settlement.days', { count: Number(detail.daysLate) })}`,
        },
      ]
    case 'waiver': {
      const approval = view.case.approvals.find((each) => each.subject === 'waiver' && each.agreementId === line.ref)
      return approval ? [{ label: t('approval.waiver'), note: approval.reason, value: approval.approverName }] : []
    }
    case 'cashBalance':
    case 'giftForfeited': {
      const bucket = account?.buckets.find((each) => each.id === line.ref)
      return bucket
        ? [{ label: t('case.settlement.bucketRemaining'), note: bucket.name, value: formatYuan(bucket.remainingFen) }]
        : []
    }
    case 'unbilled':
    case 'deposit':
      return account ? [{ label: t('case.settlement.asOf'), value: formatInstant(account.asOf) }] : []
    case 'penalty':
      return []
  }
}
