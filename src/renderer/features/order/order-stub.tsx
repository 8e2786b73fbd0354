import type { ReactNode } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { maskName } from '../../../shared/domain/masking.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { isFinal } from '../../../shared/domain/order.ts'
import type { Settlement } from '../../../shared/domain/settlement.ts'
import { isMessageKey, type Translate } from '../../../shared/i18n/translate.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { durationText } from '../../ui/age.ts'
import { Money } from '../../ui/money.tsx'
import { Stub, StubItem, StubList, StubRow, StubSection } from '../../ui/stub.tsx'

/** The stub of an order: whose number, until when, and what was paid and refunded. */
export function OrderStub({ view, foot }: { view: CaseView; foot: ReactNode }) {
  const t = useT()
  const now = useNow()
  const { case: case_, order } = view
  const number = case_.preCheck?.account.number ?? case_.number ?? case_.recalled
  const province = t(`province.${number?.homeProvince ?? case_.segment.homeProvince}`)
  const carrier = t(`carrier.${number?.carrier ?? case_.segment.prefixCarrier}`)
  const name = case_.document?.name
  return (
    <Stub
      label={t('order.stub')}
      eyebrow={t('order.stubEyebrow', { caseNumber: case_.caseNumber })}
      title={formatMsisdn(case_.msisdn)}
      total={<Total view={view} />}
      foot={foot}
    >
      <StubRow
        label={t('order.holder')}
        value={<strong>{name ? (name.includes('*') ? name : maskName(name)) : (number?.maskedName ?? '—')}</strong>}
      />
      <StubRow label={t('order.home')} value={`${province} · ${carrier}`} />
      {case_.submittedAt === undefined ? null : (
        <StubRow label={t('order.submittedAt')} value={formatInstant(case_.submittedAt)} />
      )}
      {order && !isFinal(order.stage) ? (
        <StubRow label={t('order.deadline')} value={order.deadline} tone="waits" />
      ) : null}
      {order?.responsible ? <StubRow label={t('order.responsible')} value={order.responsible.name} /> : null}
      {order?.stage === 'coolingOff' && order.coolingUntil !== undefined ? (
        <StubRow
          label={t('order.coolingOff')}
          value={`${formatInstant(order.coolingUntil)} · ${durationText(t, order.coolingUntil - now)}`}
          tone="waits"
        />
      ) : null}
      {order?.warning ? (
        <StubRow
          label={t('order.warning')}
          value={t(`order.warning.${order.warning.state}`)}
          tone={
            order.warning.state === 'delivered' ? 'done' : order.warning.state === 'undelivered' ? 'stops' : 'waits'
          }
        />
      ) : null}
      {order?.effectiveAt === undefined ? null : (
        <StubRow label={t('order.effectiveAt')} value={formatInstant(order.effectiveAt)} tone="done" />
      )}
      {order?.agingUntil ? <StubRow label={t('order.agingUntil')} value={order.agingUntil} /> : null}
      <Reasons view={view} />
      <Amounts view={view} />
    </Stub>
  )
}

/** What the service's risk policy said at acceptance, and the versions it said it under. */
function Reasons({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const risk = view.order?.risk
  if (!risk || risk.findings.length === 0) return null
  return (
    <StubSection title={t('case.risk.title')}>
      <StubList>
        {risk.findings.map((finding) => (
          <StubItem key={finding.ruleId} tone="plain">
            {language === 'en' ? finding.reason.en : finding.reason.zh}
          </StubItem>
        ))}
      </StubList>
      <p className="order-risk-version">{t('order.risk.rules', { packs: packNames(risk.policyVersion, t) })}</p>
    </StubSection>
  )
}

/** Packs as the policy's version names them (`cn@2026-11 cn-ctcc@2026-11 cn-ctcc-62@2026-07`), in words. */
function packNames(version: string, t: Translate): string {
  return version
    .split(' ')
    .map((pack) => {
      const [id = '', of = ''] = pack.split('@')
      const [, carrier, province] = id.split('-')
      const key = province ? `province.${province}` : carrier ? `carrier.${carrier.toUpperCase()}` : 'order.risk.nation'
      return `${isMessageKey(key) ? t(key) : id} ${of}`
    })
    .join(' · ')
}

/** What is signed, or what waits to be signed because it has become another sum. */
function settlementOf({ order, progress }: CaseView): Settlement | undefined {
  return order?.figures?.settlement ?? progress.settlement
}

function Total({ view }: { view: CaseView }) {
  const t = useT()
  const settlement = settlementOf(view)
  if (!settlement) return null
  const { totalFen, refundableFen } = settlement
  const label = totalFen < 0 ? 'order.toRefund' : totalFen === 0 ? 'order.even' : 'order.collected'
  return (
    <StubRow
      label={t(view.order?.figures ? (totalFen < 0 ? 'order.figures.nowRefund' : 'order.figures.nowPay') : label)}
      value={<Money fen={totalFen < 0 ? refundableFen : totalFen} symbol />}
      total
    />
  )
}

function Amounts({ view }: { view: CaseView }) {
  const t = useT()
  const { case: case_, order } = view
  const settlement = settlementOf(view)
  if (!settlement || (settlement.lines.length === 0 && case_.payments.length === 0 && !order?.refundFen)) return null
  const { lines } = settlement
  return (
    <StubSection title={t('order.amounts')}>
      {lines.map((line) => (
        <StubRow
          key={`${line.kind}-${line.ref ?? ''}`}
          label={t(`settlementLine.${line.kind}`)}
          value={<Money fen={line.amountFen} />}
        />
      ))}
      {case_.payments.map((payment) => (
        <StubRow
          key={payment.paymentId}
          label={t('order.receiptNumber', { method: t(`paymentMethod.${payment.method}`) })}
          value={payment.receiptNumber}
        />
      ))}
      {order?.refundFen ? (
        <StubRow label={t('order.refundOrdered')} value={<Money fen={order.refundFen} symbol />} tone="done" />
      ) : null}
    </StubSection>
  )
}
