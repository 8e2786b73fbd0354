import { useState } from 'react'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { ApprovalRequestView, TicketView } from '../../../shared/protocol/changes.ts'
import { useApp } from '../../app-store.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { navigate } from '../../routes.ts'
import { remainingText } from '../../ui/age.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Frame } from '../../ui/frame.tsx'
import { useLive } from '../../ui/live.ts'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { sentence } from '../../ui/sentence.ts'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { CloseTicket } from './close-ticket.tsx'
import { DecisionForm } from './decision-form.tsx'
import './supervision-screen.css'
import { useSupervision } from './supervision-store.ts'

const reload = () => void useSupervision.getState().reload()

/** The supervisors' inbox: clerks of the store who need a second person, and tickets somebody must look at. */
export default function SupervisionScreen() {
  const t = useT()
  const { view, selectedId, failure } = useSupervision()
  const mayDecide = useApp((state) => state.view?.staff?.role === 'supervisor')
  const [closing, setClosing] = useState<TicketView>()
  useLive(['supervision.changed', 'connection.changed'], reload)
  const request = view?.requests.find((each) => each.requestId === selectedId)
  const ticket = view?.tickets.find((each) => each.ticketId === selectedId)
  const here = useApp((state) => state.view?.device?.deviceId)
  // A case of another counter does not lie here.
  const caseId = request ? (request.deviceId === here ? request.caseId : undefined) : ticket?.caseId
  useKeys([
    { key: 'ArrowUp', label: t('supervision.key.up'), run: () => useSupervision.getState().move(-1) },
    { key: 'ArrowDown', label: t('supervision.key.down'), run: () => useSupervision.getState().move(1) },
    {
      key: 'F2',
      label: t('repair.key'),
      bar: true,
      disabled: !ticket?.orderId || !mayDecide,
      run: () => ticket?.orderId && useOverlay.getState().repair(ticket.orderId),
    },
    {
      key: 'F7',
      label: t('supervision.closeTicket'),
      bar: true,
      disabled: !ticket || !mayDecide,
      run: () => setClosing(ticket),
    },
    {
      key: 'Ctrl+Enter',
      label: t('supervision.openCase'),
      bar: true,
      disabled: !caseId,
      run: () => caseId && navigate({ name: 'case', caseId }),
    },
    { key: 'Escape', label: t('key.back'), bar: true, run: () => navigate({ name: 'desk' }) },
  ])
  const nothingWaits = view && view.requests.length + view.tickets.length + view.newer === 0
  return (
    <Frame stub={<SupervisionStub request={request} ticket={ticket} onClose={() => setClosing(ticket)} />}>
      <div className="supervision">
        <ScreenTitle title={t('supervision.title')} lead={t(nothingWaits ? 'supervision.none' : 'supervision.lead')} />
        {view && view.newer > 0 ? (
          <Notice tone="waits" title={t('supervision.newer', { count: view.newer })}>
            {t('supervision.newerLead')}
          </Notice>
        ) : null}
        {failure && !failure.field ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <Requests requests={view?.requests ?? []} selectedId={selectedId} />
        {request && mayDecide ? <DecisionForm key={request.requestId} request={request} /> : null}
        <Tickets tickets={view?.tickets ?? []} selectedId={selectedId} />
      </div>
      {closing ? <CloseTicket ticket={closing} onClose={() => setClosing(undefined)} /> : null}
    </Frame>
  )
}

function Requests({
  requests,
  selectedId,
}: {
  requests: readonly ApprovalRequestView[]
  selectedId: string | undefined
}) {
  const t = useT()
  const now = useNow()
  if (requests.length === 0) return null
  return (
    <section aria-label={t('supervision.requests')}>
      <h2>{t('supervision.requests')}</h2>
      <ul className="supervision-list">
        {requests.map((request) => (
          <li key={request.requestId}>
            <button
              type="button"
              className="supervision-item"
              aria-pressed={request.requestId === selectedId}
              onClick={() => useSupervision.getState().select(request.requestId)}
            >
              <Tag tone="waits">{t(`approval.${request.subject}`)}</Tag>
              <strong>{request.facts.maskedNumber}</strong>
              {request.amountFen === undefined ? null : <Money fen={request.amountFen} symbol />}
              <span>{t('supervision.askedBy', { name: request.clerkName, device: request.deviceName })}</span>
              <span className="supervision-left">{remainingText(t, request.expiresAt - now)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Tickets({ tickets, selectedId }: { tickets: readonly TicketView[]; selectedId: string | undefined }) {
  const t = useT()
  const language = useLanguage()
  if (tickets.length === 0) return null
  return (
    <section aria-label={t('supervision.tickets')}>
      <h2>{t('supervision.tickets')}</h2>
      <ul className="supervision-list">
        {tickets.map((ticket) => (
          <li key={ticket.ticketId}>
            <button
              type="button"
              className="supervision-item"
              aria-pressed={ticket.ticketId === selectedId}
              onClick={() => useSupervision.getState().select(ticket.ticketId)}
            >
              <Tag tone={ticket.severity}>{t(`ticketKind.${ticket.kind}`)}</Tag>
              <span>{sentence(language, `ticket.${ticket.kind}`, ticket.params)}</span>
              <span className="supervision-left">{formatInstant(ticket.openedAt)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What is looked at, in full: masked facts from the service's own books, and why a second person is wanted. */
function SupervisionStub(props: {
  request: ApprovalRequestView | undefined
  ticket: TicketView | undefined
  onClose(): void
}) {
  const { request, ticket, onClose } = props
  const t = useT()
  const language = useLanguage()
  const mayDecide = useApp((state) => state.view?.staff?.role === 'supervisor')
  const count = useSupervision((state) => (state.view?.requests.length ?? 0) + (state.view?.tickets.length ?? 0))
  return (
    <Stub
      label={t('supervision.stub')}
      eyebrow={t('supervision.stub')}
      title={request?.facts.maskedNumber ?? t('supervision.stubTitle', { count })}
      foot={
        ticket ? (
          <PrimaryAction label={t('supervision.closeTicket')} disabled={!mayDecide} onPress={onClose} />
        ) : request ? null : (
          <PrimaryAction label={t('key.back')} onPress={() => navigate({ name: 'desk' })} />
        )
      }
    >
      {request ? (
        <>
          <StubRow label={t('supervision.case')} value={request.caseNumber} />
          <StubRow label={t('supervision.holder')} value={request.facts.maskedName} />
          <StubRow
            label={t('supervision.home')}
            value={`${sentence(language, `province.${request.facts.homeProvince}`)} · ${sentence(language, `carrier.${request.facts.carrier}`)}`}
          />
          <StubRow label={t('supervision.product')} value={request.facts.productName} />
          {request.facts.agreementName ? (
            <StubRow label={t('supervision.agreement')} value={request.facts.agreementName} />
          ) : null}
          {request.amountFen === undefined ? null : (
            <StubRow label={t('supervision.amount')} value={<Money fen={request.amountFen} symbol />} total />
          )}
          <StubSection title={t('supervision.why')}>
            <ul className="supervision-why">
              {request.facts.findings.map((finding) => (
                <li key={finding.ruleId}>
                  {language === 'en' ? finding.reason.en : finding.reason.zh}
                  {finding.assumed ? ` ${t('supervision.assumed')}` : ''}
                </li>
              ))}
            </ul>
          </StubSection>
          <StubSection title={t('supervision.clerkSays')}>
            <p>{request.reason}</p>
          </StubSection>
        </>
      ) : null}
      {ticket ? (
        <>
          <StubRow label={t('supervision.openedAt')} value={formatInstant(ticket.openedAt)} />
          <StubSection title={t(`ticketKind.${ticket.kind}`)}>
            <p>{sentence(language, `ticket.${ticket.kind}`, ticket.params)}</p>
            <p>{sentence(language, `ticketAdvice.${ticket.kind}`, ticket.params)}</p>
          </StubSection>
        </>
      ) : null}
    </Stub>
  )
}
