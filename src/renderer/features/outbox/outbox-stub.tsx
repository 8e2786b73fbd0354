import type { JobView } from '../../../shared/contract/views.ts'
import { formatInstant } from '../../../shared/domain/calendar.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { useApp } from '../../app-store.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { spanText } from '../../ui/age.ts'
import { jobBefore, jobReason } from '../../ui/job-reason.ts'
import { JobState } from '../../ui/job-state.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { unsentOf, useOutbox } from './outbox-store.ts'

/** The stub of what waits: how much, since when, and the selected job in full. */
export function OutboxStub({ jobs }: { jobs: readonly JobView[] }) {
  const t = useT()
  const now = useNow(1_000)
  const connection = useApp((state) => state.view?.connection.state) ?? 'offline'
  const selectedId = useOutbox((state) => state.selectedId)
  const { waitingJobs, needsAttention } = useOutbox()
  const unsent = unsentOf(jobs)
  const oldest = Math.min(now, ...unsent.map((job) => job.createdAt))
  const selected = jobs.find((job) => job.jobId === selectedId)
  return (
    <Stub
      label={t('outbox.stubLabel')}
      eyebrow={t('outbox.stubEyebrow')}
      title={t('outbox.stubTitle', { count: waitingJobs })}
      foot={selected ? <JobAction job={selected} /> : null}
    >
      <StubRow
        label={t('outbox.connection')}
        value={t(`shell.connection.${connection}`)}
        tone={connection === 'online' ? 'done' : 'waits'}
      />
      <StubRow label={t('outbox.attention')} value={needsAttention} tone={needsAttention > 0 ? 'stops' : undefined} />
      {unsent.length > 0 ? <StubRow label={t('outbox.oldest')} value={spanText(t, now - oldest)} /> : null}
      {selected ? <SelectedJob job={selected} jobs={jobs} /> : null}
      <StubSection>
        <p className="outbox-promise">{t('outbox.promise')}</p>
      </StubSection>
    </Stub>
  )
}

function SelectedJob({ job, jobs }: { job: JobView; jobs: readonly JobView[] }) {
  const t = useT()
  const language = useLanguage()
  const now = useNow(10_000)
  const connection = useApp((state) => state.view?.connection.state) ?? 'offline'
  const why = jobReason(job, { t, language, connection, now, behind: jobBefore(job, jobs) })
  return (
    <StubSection title={`${formatMsisdn(job.msisdn)} · ${t(`jobKind.${job.kind}`)}`}>
      <StubRow label={t('outbox.column.state')} value={<JobState job={job} />} />
      <StubRow label={t('outbox.column.since')} value={formatInstant(job.createdAt)} />
      {why ? <p className="outbox-why">{why}</p> : null}
      {job.mayCorrect ? <p className="outbox-why">{t('outbox.correct.lead')}</p> : null}
      {job.handedOver ? (
        <p className="outbox-why">
          {t('outbox.handedOver', {
            name: job.handedOver.staffName,
            time: formatInstant(job.handedOver.at),
            reason: job.handedOver.reason,
          })}
        </p>
      ) : null}
    </StubSection>
  )
}

/** Enter corrects what can be corrected, sends again what else needs a person, and otherwise opens the case. */
function JobAction({ job }: { job: JobView }) {
  const t = useT()
  const busy = useOutbox((state) => state.busy)
  if (job.mayCorrect)
    return <PrimaryAction label={t('outbox.correct')} busy={busy} onPress={() => void correct(job.jobId)} />
  if (job.state === 'needs_attention')
    return (
      <PrimaryAction label={t('outbox.retry')} busy={busy} onPress={() => void useOutbox.getState().retry(job.jobId)} />
    )
  return <PrimaryAction label={t('outbox.openCase')} onPress={() => navigate({ name: 'case', caseId: job.caseId })} />
}

/** Back to the case, which is a draft again. */
async function correct(jobId: string) {
  const view = await useOutbox.getState().correct(jobId)
  if (!view) return
  useCaseViewStore.getState().take(view)
  navigate({ name: 'case', caseId: view.case.caseId })
}
