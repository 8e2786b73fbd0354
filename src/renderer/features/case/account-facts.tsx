import type { HomeAccount } from '../../../shared/domain/account.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Fact, Facts } from './facts.tsx'
import { relationName, shownNumber } from './words.ts'

/** What the home province knows of the line that matters for ending it. */
export function AccountFacts({ account }: { account: HomeAccount }) {
  const t = useT()
  const unpaid = account.bills.filter((bill) => bill.unpaidFen > 0)
  const { state } = account.number
  return (
    <Panel
      title={t('case.preCheck.account')}
      tag={<Tag tone={state === 'active' ? 'done' : 'waits'}>{t(`lineState.${state}`)}</Tag>}
      aside={t('case.preCheck.productFee', {
        product: account.productName,
        amount: formatYuan(account.monthlyFeeFen),
        date: account.openedOn,
      })}
    >
      <Facts>
        <Fact label={t('case.preCheck.agreements')}>
          {account.agreements.length === 0
            ? t('case.preCheck.none')
            : t('case.preCheck.agreementCount', { count: account.agreements.length })}
        </Fact>
        <Fact label={t('case.preCheck.bills')}>
          {unpaid.length === 0
            ? t('case.preCheck.billsNone')
            : unpaid.map((bill) => (
                <div key={bill.id}>
                  {t('case.preCheck.billUnpaid', { period: bill.billingPeriod, amount: formatYuan(bill.unpaidFen) })}
                </div>
              ))}
        </Fact>
        <Fact label={t('case.preCheck.unbilled')}>{formatYuan(account.unbilledFen)}</Fact>
        <Fact label={t('case.preCheck.buckets')}>
          {account.buckets.length === 0
            ? t('case.preCheck.none')
            : account.buckets.map((bucket) => (
                <div key={bucket.id}>
                  {bucket.name} {formatYuan(bucket.remainingFen)}{' '}
                  <span className="case-faint">{t(`case.bucket.${bucket.kind}`)}</span>
                </div>
              ))}
        </Fact>
        <Fact label={t('case.preCheck.deposit')}>{formatYuan(account.depositFen)}</Fact>
        <Fact label={t('case.preCheck.points')}>{account.points}</Fact>
        <Fact label={t('case.preCheck.bundle')}>
          {account.bundleMembers.length === 0
            ? t('case.preCheck.none')
            : account.bundleMembers.map((member) => (
                <div key={member.msisdn}>
                  {shownNumber(member.msisdn)} <span className="case-faint">{relationName(member.relation, t)}</span>
                </div>
              ))}
        </Fact>
      </Facts>
    </Panel>
  )
}
