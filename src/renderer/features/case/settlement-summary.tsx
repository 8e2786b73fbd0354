import { Button } from 'antd'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import type { Refund } from '../../../shared/protocol/jobs.ts'
import { useT } from '../../language.ts'
import { Panel } from '../../ui/panel.tsx'
import { groupCard } from './document-entry.ts'
import { Fact, Facts } from './facts.tsx'
import { useCase } from './use-case.ts'
import { shownNumber } from './words.ts'

function accountOf({ route, account = '' }: Refund): string {
  return route === 'bankCard' ? groupCard(account) : shownNumber(account)
}

/** Refund, contact and reason once they are saved, with a way to correct them. */
export function SettlementSummary({ onEdit }: { onEdit(): void }) {
  const t = useT()
  const { view } = useCase()
  const { contact, refund, disconnectReason } = view.case
  const refundDue = (view.progress.settlement?.refundableFen ?? 0) > 0
  return (
    <Panel
      title={t('case.settlement.contact')}
      aside={
        <Button size="small" onClick={onEdit}>
          {t('case.settlement.edit')}
        </Button>
      }
    >
      <Facts>
        {refundDue && refund ? (
          <Fact label={t('case.settlement.refund')}>
            {t(`refundRoute.${refund.route}`)} {accountOf(refund)}
          </Fact>
        ) : null}
        {contact ? (
          <>
            <Fact label={t('case.settlement.contactPhone')}>{formatMsisdn(contact.phone)}</Fact>
            <Fact label={t('case.settlement.contactName')}>{contact.name}</Fact>
          </>
        ) : null}
        {disconnectReason ? (
          <Fact label={t('case.settlement.disconnectReason')}>{t(`disconnectReason.${disconnectReason}`)}</Fact>
        ) : null}
      </Facts>
    </Panel>
  )
}
