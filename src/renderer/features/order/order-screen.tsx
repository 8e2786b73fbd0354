import { useEffect, useState } from 'react'
import type { CaseView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import { isFinal } from '../../../shared/domain/order.ts'
import { byStore } from '../../../shared/domain/repairs.ts'
import { ok } from '../../../shared/domain/result.ts'
import { useApp } from '../../app-store.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { useLanguage, useT } from '../../language.ts'
import { useOverlay } from '../../overlay-store.ts'
import { navigate } from '../../routes.ts'
import { CaseStatusTag } from '../../ui/case-status-tag.tsx'
import { Frame } from '../../ui/frame.tsx'
import { NewerNotice } from '../../ui/newer-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { CorrectAction } from './correct-action.tsx'
import { reasonSentence } from './event-sentence.ts'
import { ApproveFigures, nextApproval } from './figures-approval.tsx'
import { FiguresPanel } from './figures-panel.tsx'
import { useFigures } from './figures-store.ts'
import { CorrectInvoice, InvoicePanel } from './invoice-panel.tsx'
import { OrderRail } from './order-rail.tsx'
import './order-screen.css'
import { actionsOf, mayNeedRepair, statusOf } from './order-situation.ts'
import { OrderStub } from './order-stub.tsx'
import { OwedPanel } from './owed-panel.tsx'
import { PortraitPanel } from './portrait-panel.tsx'
import { PostponedPanel } from './postponed-panel.tsx'
import { ReasonFacts } from './reason-facts.tsx'
import { ResupplyPanel, returnedAt } from './resupply-panel.tsx'
import { useResupply } from './resupply-store.ts'
import { Timeline } from './timeline.tsx'
import { WaitingJobs } from './waiting-jobs.tsx'

/** A submitted case: where its order stands, what happened, and what can still be done. */
export default function OrderScreen({ view }: { view: CaseView }) {
  const t = useT()
  const [asking, setAsking] = useState<'withdraw' | 'urge'>()
  const { caseId, state } = view.case
  const may = actionsOf(view)
  const status = statusOf(view)
  const submitted = state === 'submitted'
  const printable = submitted || state === 'postponed'
  useEffect(() => useResupply.getState().begin(caseId), [caseId])
  const receipt = () => navigate({ name: 'receipt', caseId })
  const supervises = useApp((state) => state.view?.staff?.role === 'supervisor')
  const open = view.order && mayNeedRepair(view.order) ? view.order.orderId : undefined
  useKeys([
    ...(supervises
      ? [
          {
            key: 'F2',
            label: t('repair.key'),
            bar: true,
            disabled: !open,
            run: () => open && useOverlay.getState().repair(open),
          },
        ]
      : []),
    { key: 'F3', label: t('order.key.urge'), bar: true, disabled: !may.urge, run: () => setAsking('urge') },
    { key: 'F4', label: t('order.key.withdraw'), bar: true, disabled: !may.withdraw, run: () => setAsking('withdraw') },
    { key: 'F11', label: t('key.print'), bar: true, disabled: !printable, run: receipt },
    { key: 'Escape', label: t('key.back'), bar: true, run: () => navigate({ name: 'desk' }) },
  ])
  return (
    <Frame
      rail={<OrderRail view={view} />}
      stub={
        <OrderStub
          view={view}
          foot={
            <NextThing
              view={view}
              resupply={may.resupply}
              figures={may.figures}
              invoice={may.invoice}
              onReceipt={receipt}
            />
          }
        />
      }
    >
      <div className="order">
        <ScreenTitle title={t('order.title')} tag={<CaseStatusTag status={status} />} lead={t(leadOf(view))} />
        <NewerNotice newer={view.newer} />
        {view.case.recalled ? <Notice tone="plain">{t('order.recalled')}</Notice> : null}
        <Outcome view={view} />
        <Warning view={view} />
        <PostponedPanel view={view} />
        <OwedPanel view={view} />
        {may.resupply ? <ResupplyPanel view={view} /> : null}
        {may.figures ? <FiguresPanel view={view} /> : null}
        {may.invoice ? <InvoicePanel view={view} /> : null}
        <PortraitPanel view={view} />
        <WaitingJobs jobs={view.waiting} />
        {submitted ? <Timeline view={view} /> : null}
      </div>
      {asking ? <Ask what={asking} caseId={caseId} onClose={() => setAsking(undefined)} /> : null}
    </Frame>
  )
}

/** What the stage means for who stands here. */
function leadOf(view: CaseView) {
  if (withdrawQueued(view)) return 'order.lead.withdrawQueued'
  if (view.order?.stage === 'returned' && view.order.returnedFor?.code === byStore) return 'order.lead.returnedHere'
  if (view.order?.refusedFor?.code === byStore) return 'order.lead.refusedHere'
  return `order.lead.${statusOf(view)}` as const
}

/** The customer changed their mind before the acceptance was sent: both are on their way. */
function withdrawQueued({ order, waiting }: CaseView): boolean {
  return !order && waiting.some((job) => job.kind === 'order.withdraw')
}

/** Why an order was refused or a case given up. */
function Outcome({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const refused = view.order?.refusedFor
  if (view.case.state === 'abandoned' && view.case.abandonedReason)
    return <Notice tone="plain">{t('order.abandonedFor', { reason: view.case.abandonedReason })}</Notice>
  if (!refused) return null
  return (
    <Notice
      tone="stops"
      title={t(refused.code === byStore ? 'order.refusedHereFor' : 'order.refusedFor', {
        reason: reasonSentence(language, refused.code, refused.params),
      })}
    >
      {refused.code === byStore ? null : <ReasonFacts view={view} reason={refused} />}
    </Notice>
  )
}

/** Whether the number itself was warned, and what its holder did about it. */
function Warning({ view: { order } }: { view: CaseView }) {
  const t = useT()
  if (!order) return null
  if (order.stopRequestedAt !== undefined)
    return (
      <Notice tone="stops">
        {t(order.stage === 'stopped' ? 'order.stop.done' : 'order.stop.asked', {
          at: formatInstant(order.stopRequestedAt),
        })}
      </Notice>
    )
  if (order.warning?.state !== 'undelivered' || isFinal(order.stage)) return null
  return <Notice tone="waits">{t('order.warning.undeliveredLead', { reason: order.warning.reason ?? '—' })}</Notice>
}

/** Enter corrects a refused submission, hands in papers where they are asked for, and otherwise goes to the receipt. */
function NextThing({
  view,
  resupply,
  figures,
  invoice,
  onReceipt,
}: {
  view: CaseView
  resupply: boolean
  figures: boolean
  invoice: boolean
  onReceipt(): void
}) {
  const t = useT()
  const { busy, note, handIn } = useResupply()
  if (resupply) {
    const again = view.case.attachments.filter(
      (each) => each.kind !== 'signedForm' && each.takenAt > returnedAt(view),
    ).length
    const ready = again > 0 || note.trim() !== ''
    return (
      <PrimaryAction
        label={again > 0 ? t('order.returned.handIn', { count: again }) : t('order.returned.handInNote')}
        note={ready ? undefined : t('order.returned.nothingYet')}
        disabled={!ready}
        busy={busy === 'handIn'}
        onPress={() => void handIn()}
      />
    )
  }
  const correctable = view.waiting.find((job) => job.mayCorrect)
  if (correctable) return <CorrectAction job={correctable} />
  if (view.case.state === 'postponed') return <Reopen view={view} />
  if (figures && view.order?.figures?.acceptable) {
    const asked = nextApproval(view)
    return asked ? <ApproveFigures asked={asked} /> : <AcceptNew view={view} />
  }
  if (invoice) return <CorrectInvoice view={view} />
  if (view.case.state === 'submitted') return <PrimaryAction label={t('order.toReceipt')} onPress={onReceipt} />
  return <PrimaryAction label={t('key.back')} onPress={() => navigate({ name: 'desk' })} />
}

/** A postponed case goes on where it was left: with a new proof and a new pre-check. */
function Reopen({ view }: { view: CaseView }) {
  const t = useT()
  const [busy, setBusy] = useState(false)
  async function reopen() {
    setBusy(true)
    const result = await call('case.reopen', { caseId: view.case.caseId })
    setBusy(false)
    if (result.ok) useCaseViewStore.getState().take(result.value)
  }
  return <PrimaryAction label={t('order.reopen')} busy={busy} onPress={() => void reopen()} />
}

/** Enter hands in the customer's signature under the new figures, with what is due. */
function AcceptNew({ view }: { view: CaseView }) {
  const t = useT()
  const { strokes, busy, accept } = useFigures()
  const { dueFen } = view.order!.figures!
  return (
    <PrimaryAction
      label={dueFen > 0 ? t('order.figures.acceptPaid', { amount: formatYuan(dueFen) }) : t('order.figures.accept')}
      note={strokes.length > 0 ? undefined : t('order.figures.notSigned')}
      disabled={strokes.length === 0}
      busy={busy}
      onPress={() => void accept()}
    />
  )
}

/** Asks for the reason of an urging or a withdrawal and passes it on. */
function Ask({ what, caseId, onClose }: { what: 'withdraw' | 'urge'; caseId: string; onClose(): void }) {
  const t = useT()
  return (
    <ReasonDialog
      title={t(`order.${what}.title`)}
      lead={t(`order.${what}.lead`)}
      reasonLabel={t('order.reason')}
      suggestions={[t(`order.${what}.reason1`), t(`order.${what}.reason2`), t(`order.${what}.reason3`)]}
      confirmLabel={t(`order.${what}.confirm`)}
      onClose={onClose}
      onConfirm={async (reason) => {
        const result = await call(what === 'withdraw' ? 'order.withdraw' : 'order.urge', { caseId, reason })
        if (!result.ok) return result
        useCaseViewStore.getState().take(result.value)
        return ok(undefined)
      }}
    />
  )
}
