import type { CaseView } from '../../../shared/contract/views.ts'
import { totalCost } from '../../../shared/domain/blocker-cost.ts'
import { readIdNumber } from '../../../shared/domain/identity-document.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import type { SettlementLine } from '../../../shared/domain/settlement.ts'
import { type Translate, translate } from '../../../shared/i18n/translate.ts'
import { useNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Money } from '../../ui/money.tsx'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { type AmountGroup, groupLines, perMille } from './amounts.ts'
import { MissingList } from './missing-list.tsx'
import { RiskReasons } from './risk-reasons.tsx'
import { useCase } from './use-case.ts'
import { remaining, stubIdentification, stubName } from './words.ts'

/** The stub of a case: who, where, how long the proof lives, what is missing, what it costs, and the one next thing. */
export function CaseStub({ footRef }: { footRef(foot: HTMLElement | null): void }) {
  const t = useT()
  const { view } = useCase()
  return (
    <Stub
      eyebrow={t('case.stub.heading', { caseNumber: view.case.caseNumber })}
      title={formatMsisdn(view.case.msisdn)}
      label={t('case.stub.label')}
      total={<Total view={view} />}
      foot={<div ref={footRef} />}
    >
      <StubRow label={t('case.stub.holder')} value={holder(view, t)} />
      <AskedBy view={view} />
      <StubRow label={t('case.stub.home')} value={home(view, t)} />
      <ProofRow view={view} />
      <Findings view={view} />
      <MissingList />
      <RiskReasons view={view} />
      <Amounts view={view} />
    </Stub>
  )
}

function holder(view: CaseView, t: Translate) {
  const { document, number } = view.case
  if (!document) return number ? number.maskedName : <span className="case-faint">{t('case.stub.unknown')}</span>
  const sex = /^\d{17}[\dX]$/.test(document.identificationId) ? readIdNumber(document.identificationId)?.sex : undefined
  const parts = [stubName(document.name), sex && t(`case.sex.${sex}`), stubIdentification(document.identificationId)]
  return <b>{parts.filter(Boolean).join(' · ')}</b>
}

/** Who asks for the holder; nothing where it is the holder. */
function AskedBy({ view }: { view: CaseView }) {
  const t = useT()
  const { kind } = view.progress.asker
  if (kind === 'holder') return null
  const name = view.case.asker?.document?.name
  return (
    <StubRow
      label={t('case.stub.asker')}
      value={[t(`asker.${kind}`), name && stubName(name)].filter(Boolean).join(' · ')}
    />
  )
}

function home(view: CaseView, t: Translate): string {
  const { number, segment, preCheck } = view.case
  const homeProvince = number?.homeProvince ?? segment.homeProvince
  const province = t(`province.${homeProvince}`)
  const city = preCheck?.account.city
  const carrier = t(`carrier.${number?.carrier ?? segment.prefixCarrier}`)
  // A municipality is its own city, whatever language its name is in.
  const own = province === city || translate('zh-CN', `province.${homeProvince}`) === city
  return `${city && !own ? `${province} ${city}` : province} · ${carrier}`
}

function ProofRow({ view }: { view: CaseView }) {
  const t = useT()
  const now = useNow()
  const expiresAt = view.case.proof?.expiresAt
  const label = t('case.stub.proof')
  if (expiresAt === undefined) return <StubRow label={label} value={t('case.stub.proofNone')} tone="waits" />
  if (expiresAt <= now) return <StubRow label={label} value={t('case.stub.proofOver')} tone="stops" />
  // The last five minutes turn amber: what needs the proof should be done now.
  const tone = expiresAt - now < 5 * 60_000 ? 'waits' : 'done'
  return <StubRow label={label} value={t('case.stub.proofLeft', { left: remaining(expiresAt, now) })} tone={tone} />
}

/** How much of the pre-check is still open, and what is known of its costs; only while it is what is being worked on. */
function Findings({ view }: { view: CaseView }) {
  const t = useT()
  const { place } = useCase()
  const { findings } = view.progress
  if (place.step !== 'preCheck' || findings.length === 0) return null
  const open = findings.filter((finding) => !finding.cleared)
  const stops = open.filter(({ effect }) => effect === 'stops').length
  const { knownFen, unknown } = totalCost(findings)
  const items = (count: number) => t('finding.stub.items', { count })
  return (
    <StubSection title={t('finding.stub')}>
      {stops > 0 ? <StubRow label={t('finding.stub.stops')} value={items(stops)} tone="stops" /> : null}
      <StubRow label={t('finding.stub.open')} value={items(open.length - stops)} />
      <StubRow label={t('finding.stub.cost')} value={<Money fen={knownFen} symbol />} />
      {unknown > 0 ? <StubRow label={t('finding.stub.costUnknown')} value={items(unknown)} tone="waits" /> : null}
    </StubSection>
  )
}

function Amounts({ view }: { view: CaseView }) {
  const t = useT()
  const { settlement } = view.progress
  if (!settlement)
    return (
      <StubSection title={t('case.stub.amounts')}>
        <p className="case-faint">{t('case.stub.amountsLater')}</p>
      </StubSection>
    )
  const groups = groupLines(settlement)
  if (groups.length === 0) return null
  return (
    <StubSection title={t('case.stub.amounts')}>
      {groups.map((group) => (
        <StubRow key={group.kind} label={groupLabel(group, t)} value={<Money fen={group.amountFen} />} />
      ))}
    </StubSection>
  )
}

/** What it comes to, and what of it has been paid. */
function Total({ view }: { view: CaseView }) {
  const t = useT()
  const { settlement, paidFen } = view.progress
  if (!settlement) return null
  const refund = settlement.refundableFen > 0
  const total = refund ? settlement.refundableFen : settlement.payableFen
  return (
    <>
      <StubRow
        total
        label={t(refund ? 'case.stub.refundable' : total > 0 ? 'case.stub.payable' : 'case.stub.even')}
        value={<Money fen={total} symbol />}
      />
      {paidFen > 0 ? <StubRow label={t('case.stub.paid')} value={<Money fen={paidFen} />} tone="done" /> : null}
    </>
  )
}

function groupLabel({ kind, lines }: AmountGroup, t: Translate): string {
  if (kind === 'bill') return t('case.stub.bill', { count: lines.length })
  if (kind === 'lateFee') return lateFeeLabel(lines, t)
  if (kind === 'giftForfeited') return t('case.stub.giftForfeited')
  return t(`settlementLine.${kind}`)
}

function lateFeeLabel(lines: readonly SettlementLine[], t: Translate): string {
  const rate = perMille(String(lines[0]!.detail.ratePerDay))
  return lines.length === 1
    ? t('case.stub.lateFee', { rate, days: Number(lines[0]!.detail.daysLate) })
    : t('case.stub.lateFees', { rate, count: lines.length })
}
