import { useEffect, useRef } from 'react'
import type { Agreement } from '../../../shared/domain/account.ts'
import { fen, formatYuan, zeroFen } from '../../../shared/domain/money.ts'
import type { PenaltyQuote } from '../../../shared/domain/penalty-quote.ts'
import type { MessageKey, Translate } from '../../../shared/i18n/translate.ts'
import { useLanguage, useT } from '../../language.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import { Devices } from './devices.tsx'
import { emptyWaiver } from './drafts.ts'
import { QuoteDerivation } from './quote-derivation.tsx'
import { QuoteOutlook } from './quote-outlook.tsx'
import { Unfold } from './unfold.tsx'
import { useCase } from './use-case.ts'
import { WaiverForm } from './waiver-form.tsx'

/** What is said of a figure that is another one than the customer was told. */
const changedSentence = {
  rules: 'case.agreements.changedByRules',
  time: 'case.agreements.changedByTime',
  rulesBeforeChoice: 'case.agreements.changedBeforeChoice',
} as const satisfies Record<string, MessageKey>

interface AgreementCardProps {
  agreement: Agreement
  /** The card the digits belong to. */
  active: boolean
  several: boolean
  onActivate(): void
}

/** One agreement: how long it still binds, terminate now or ask for a waiver, and how the price comes about. */
export function AgreementCard({ agreement, active, several, onActivate }: AgreementCardProps) {
  const t = useT()
  const language = useLanguage() === 'en' ? 'en' : 'zh'
  const { view, place, drafts, draft, run } = useCase()
  const card = useRef<HTMLDivElement>(null)
  const { id } = agreement
  const priced = view.progress.quotes.find((each) => each.agreementId === id)
  const quote = priced?.quote
  const choice = view.case.choices.find((each) => each.agreementId === id)
  const waiver = drafts.waivers[id] ?? emptyWaiver
  const granted = view.case.approvals.find((each) => each.subject === 'waiver' && each.agreementId === id)
  const failure = place.failure?.subject === id ? place.failure.error : undefined
  const outlook = view.outlook[id]

  useEffect(() => {
    if (active && several) card.current?.scrollIntoView({ block: 'nearest' })
  }, [active, several])

  const openWaiver = (open: boolean) =>
    draft(({ waivers }) => ({ waivers: { ...waivers, [id]: { ...(waivers[id] ?? emptyWaiver), open } } }))

  function choose(option: 'terminate' | 'waiver' | 'keep') {
    onActivate()
    if (option === 'waiver') return openWaiver(true)
    openWaiver(false)
    void run('case.chooseAgreement', { agreementId: id, option, devicesReturned: choice?.devicesReturned ?? 0 }, id)
  }

  return (
    <div
      ref={card}
      className="case-agreement"
      data-active={active && several}
      data-entry-within={active && !waiver.open ? true : undefined}
    >
      <Panel
        label={agreement.name}
        title={agreement.name}
        tag={<Term agreement={agreement} quote={quote} />}
        aside={<Terms agreement={agreement} />}
      >
        {priced?.error ? (
          <Notice tone="stops" title={t('case.agreements.noQuote')}>
            <FailureText failure={priced.error} />
          </Notice>
        ) : null}
        {quote?.hold ? (
          <Notice tone="stops" title={t('case.agreements.held', { until: quote.hold.until })}>
            {quote.hold.reason[language]}
          </Notice>
        ) : null}
        {quote && priced.changed ? (
          <Notice tone="waits">
            {t(changedSentence[priced.changed.because], {
              from: formatYuan(priced.changed.fromFen),
              to: formatYuan(quote.amountFen),
            })}
          </Notice>
        ) : null}
        {quote ? (
          <ChoiceGroup
            label={agreement.name}
            digits={active}
            vertical={false}
            value={waiver.open ? 'waiver' : choice?.option}
            onChange={choose}
            choices={[
              {
                value: 'terminate',
                title: t('case.agreements.terminate'),
                price: <Money fen={quote.amountFen} symbol />,
                note: t(terminateNote(quote)),
                keyLabel: t('case.agreements.terminate'),
                disabled: quote.hold !== undefined,
              },
              ...(quote.amountFen > 0 && !quote.hold
                ? [
                    {
                      value: 'waiver' as const,
                      title: t('case.agreements.waiver'),
                      price:
                        granted?.waivedFen && choice?.option === 'waiver' ? (
                          <Money fen={fen(-granted.waivedFen)} symbol />
                        ) : (
                          t('case.agreements.waiverPending')
                        ),
                      note: granted
                        ? t('case.agreements.waiverBy', { name: granted.approverName })
                        : t('case.agreements.waiverNote'),
                      keyLabel: t('case.agreements.waiver'),
                    },
                  ]
                : []),
              ...(quote.amountFen > 0 || quote.hold
                ? [
                    {
                      value: 'keep' as const,
                      title: t('case.agreements.keep'),
                      price: <Money fen={zeroFen} symbol />,
                      note: t('case.agreements.keepNote'),
                      keyLabel: t('case.agreements.keep'),
                    },
                  ]
                : []),
            ]}
          />
        ) : null}
        {quote && agreement.devices.length > 0 ? (
          <Devices agreement={agreement} choice={choice} active={active} onActivate={onActivate} />
        ) : null}
        {quote && waiver.open ? <WaiverForm quote={quote} active={active} onClose={() => openWaiver(false)} /> : null}
        {failure && !waiver.open ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        {quote && outlook ? <QuoteOutlook quote={quote} effect={outlook} /> : null}
        {quote ? (
          several ? (
            <Unfold label={derivationLabel(quote, t)} open={active}>
              <QuoteDerivation quote={quote} />
            </Unfold>
          ) : (
            <QuoteDerivation quote={quote} />
          )
        ) : null}
      </Panel>
    </div>
  )
}

function terminateNote({ hold, amountFen }: PenaltyQuote): MessageKey {
  if (hold) return 'case.agreements.terminateHeld'
  return amountFen > 0 ? 'case.agreements.terminateNote' : 'case.agreements.terminateFree'
}

function derivationLabel({ alternatives }: PenaltyQuote, t: Translate): string {
  return alternatives.length === 0
    ? t('case.agreements.derivation')
    : t('case.agreements.derivationOf', { count: alternatives.length + 1 })
}

function Term({ agreement, quote }: { agreement: Agreement; quote: PenaltyQuote | undefined }) {
  const t = useT()
  const remaining = quote?.inputs.remainingMonths
  const runs = remaining !== undefined && remaining > 0
  return (
    <>
      <Tag tone={runs ? 'waits' : 'done'}>
        {runs ? t('case.agreements.running', { count: remaining }) : t('case.agreements.ended')}
      </Tag>
      {quote?.assumed && quote.amountFen > 0 ? <Tag tone="waits">{t('case.agreements.assumed')}</Tag> : null}
      {agreement.devices.length > 0 ? (
        <Tag tone="waits">{t('case.agreements.devices', { count: agreement.devices.length })}</Tag>
      ) : null}
    </>
  )
}

function Terms({ agreement }: { agreement: Agreement }) {
  const t = useT()
  const { startDate, endDate } = agreement.agreementPeriod
  return (
    <>
      {t(`agreementType.${agreement.agreementType}`)} · {t('case.agreements.period', { from: startDate, to: endDate })}
    </>
  )
}
