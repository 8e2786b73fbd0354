import { useState } from 'react'
import type { ConnectionView, JobView } from '../../../shared/contract/views.ts'
import { useApp } from '../../app-store.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Frame } from '../../ui/frame.tsx'
import { useLive } from '../../ui/live.ts'
import { Notice } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './outbox-screen.css'
import { unsentOf, useOutbox } from './outbox-store.ts'
import { OutboxStub } from './outbox-stub.tsx'
import { OutboxTable } from './outbox-table.tsx'

const page = 10
const reload = () => void useOutbox.getState().reload()

/** Every job that waits: what, since when, why, and what to do. Nothing disappears from here without a receipt. */
export default function OutboxScreen() {
  const t = useT()
  const { jobs = [], waitingJobs, needsAttention, selectedId, failure } = useOutbox()
  useLive(['outbox.changed', 'connection.changed'], reload)
  const connection = useApp((state) => state.view?.connection.state) ?? 'offline'
  const move = (by: number) => () => useOutbox.getState().moveSelection(by)
  const selected = jobs.find((job) => job.jobId === selectedId)
  const isHeld = selected?.state === 'needs_attention'
  const [handingOver, setHandingOver] = useState<JobView>()
  const openCase = () => selected && navigate({ name: 'case', caseId: selected.caseId })
  useKeys([
    { key: 'ArrowUp', label: t('outbox.key.up'), run: move(-1) },
    { key: 'ArrowDown', label: t('outbox.key.down'), run: move(1) },
    { key: 'PageUp', run: move(-page) },
    { key: 'PageDown', run: move(page) },
    {
      key: 'F6',
      label: t('outbox.retry'),
      bar: true,
      disabled: !isHeld,
      run: () => selected && void useOutbox.getState().retry(selected.jobId),
    },
    { key: 'F7', label: t('outbox.handOver'), bar: true, disabled: !isHeld, run: () => setHandingOver(selected) },
    { key: 'Ctrl+Enter', label: t('outbox.openCase'), bar: true, disabled: !selected, run: openCase },
    { key: 'Escape', label: t('key.back'), bar: true, run: () => navigate({ name: 'desk' }) },
  ])
  const listed = unsentOf(jobs).length
  return (
    <Frame stub={<OutboxStub jobs={jobs} />}>
      <div className="outbox">
        <ScreenTitle title={t('outbox.title')} lead={t(leadOf(waitingJobs, needsAttention, connection))} />
        {failure ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <Draining left={waitingJobs} />
        {listed < waitingJobs ? (
          <p className="outbox-some">{t('outbox.some', { listed, total: waitingJobs })}</p>
        ) : null}
        {jobs.length > 0 ? <OutboxTable jobs={jobs} /> : null}
        {handingOver ? <HandOver job={handingOver} onClose={() => setHandingOver(undefined)} /> : null}
      </div>
    </Frame>
  )
}

/** What may be promised: nothing goes out by itself while each job needs a person. */
function leadOf(waiting: number, needsAttention: number, connection: ConnectionView['state']) {
  if (waiting === 0) return 'outbox.leadEmpty'
  if (waiting === needsAttention) return 'outbox.leadAttention'
  if (connection === 'signInNeeded') return 'shell.signInAgainLead'
  return connection === 'online' ? 'outbox.leadOnline' : 'outbox.lead'
}

/** Asks what the supervisors should know. */
function HandOver({ job, onClose }: { job: JobView; onClose(): void }) {
  const t = useT()
  return (
    <ReasonDialog
      title={t('outbox.handOver.title')}
      lead={t('outbox.handOver.lead')}
      reasonLabel={t('outbox.handOver.reason')}
      suggestions={[t('outbox.handOver.reason1'), t('outbox.handOver.reason2'), t('outbox.handOver.reason3')]}
      confirmLabel={t('outbox.handOver.confirm')}
      onClose={onClose}
      onConfirm={(reason) => useOutbox.getState().handOver(job.jobId, reason)}
    />
  )
}

/** How far sending has come, while it is going on. */
function Draining({ left }: { left: number }) {
  const t = useT()
  const { peak, jobs = [] } = useOutbox()
  if (peak < 2 || !jobs.some((job) => job.state === 'sending')) return null
  return (
    <p className="outbox-progress">
      <progress aria-label={t('outbox.title')} max={peak} value={peak - left} />
      <span role="status">{t('outbox.progress', { left, total: peak })}</span>
    </p>
  )
}
