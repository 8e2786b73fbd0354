import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { ApprovalNeeded } from '../../../shared/domain/case-approvals.ts'
import { onlyBeside } from '../../../shared/domain/risk-assessment.ts'
import type { ApprovalRequestView } from '../../../shared/protocol/changes.ts'
import { useApp } from '../../app-store.ts'
import { useNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { KeyCap } from '../../ui/key-cap.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { useCase } from './use-case.ts'
import { remaining } from './words.ts'
import './elsewhere.css'

/** The latest request about exactly what is needed now. */
function requestFor(view: CaseView, need: ApprovalNeeded): ApprovalRequestView | undefined {
  return view.requests.find(
    (request) =>
      request.subject === need.subject &&
      request.agreementId === need.agreementId &&
      request.amountFen === need.amountFen,
  )
}

/** What may still be asked at another counter: not granted, not waiting, not refused for this figure. */
function askable(view: CaseView): ApprovalNeeded[] {
  return view.progress.approvalsNeeded.filter((need) => {
    const state = requestFor(view, need)?.state
    const beside = onlyBeside(view.progress.risk.findings, need.subject)
    return !need.granted && !beside && state !== 'open' && state !== 'refused'
  })
}

/** A supervisor who is not here: asked at their own counter, and how it stands. F9 asks for the first thing that can be asked. */
export function Elsewhere() {
  const t = useT()
  const now = useNow()
  const { view, run, place } = useCase()
  const online = useApp((state) => state.view?.connection.state === 'online')
  const busy = place.running.includes('approval.ask')
  const [next] = askable(view)
  const ask = ({ subject, agreementId }: ApprovalNeeded) =>
    void run('approval.ask', {
      subject,
      ...(agreementId === undefined ? {} : { agreementId }),
      reason: t('case.elsewhere.reason'),
    })
  useKeys(
    [
      {
        key: 'F9',
        label: t('case.elsewhere.ask'),
        bar: true,
        disabled: !next || busy || !online,
        run: () => next && ask(next),
      },
    ],
    'panel',
  )
  const needed = view.progress.approvalsNeeded.filter((need) => !need.granted)
  if (needed.length === 0) return null
  return (
    <section className="case-elsewhere" aria-label={t('case.elsewhere.title')}>
      <h3>{t('case.elsewhere.title')}</h3>
      {online ? null : <Notice tone="waits">{t('case.elsewhere.offline')}</Notice>}
      <ul>
        {needed.map((need) => {
          const request = requestFor(view, need)
          const beside = onlyBeside(view.progress.risk.findings, need.subject)
          const agreement = view.case.preCheck?.account.agreements.find((each) => each.id === need.agreementId)
          return (
            <li key={`${need.subject} ${need.agreementId ?? ''}`}>
              <Tag tone={request?.state === 'refused' ? 'stops' : 'waits'}>{t(`approval.${need.subject}`)}</Tag>
              {agreement ? <span>{agreement.name}</span> : null}
              {need.amountFen === undefined ? null : <Money fen={need.amountFen} symbol />}
              <span role="status">
                {beside ? t('case.elsewhere.beside') : request ? <State request={request} now={now} /> : null}
              </span>
              {request?.state === 'open' ? (
                <button type="button" onClick={() => void run('approval.withdraw', { requestId: request.requestId })}>
                  {t('case.elsewhere.withdraw')}
                </button>
              ) : beside || request?.state === 'refused' ? null : (
                <button type="button" disabled={busy || !online} onClick={() => ask(need)}>
                  {t('case.elsewhere.ask')} {need === next ? <KeyCap of="F9" /> : null}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function State({ request, now }: { request: ApprovalRequestView; now: number }) {
  const t = useT()
  const { state, expiresAt, decidedByName = '', decidedReason = '', decidedAt } = request
  if (state === 'open') return t('case.elsewhere.waiting', { left: remaining(expiresAt, now) })
  if (state === 'refused') return t('case.elsewhere.refused', { name: decidedByName, reason: decidedReason })
  if (state === 'granted')
    return t('case.approval.grantedBy', { name: decidedByName, time: formatInstant(decidedAt ?? request.requestedAt) })
  return t(`case.elsewhere.${state}`)
}
