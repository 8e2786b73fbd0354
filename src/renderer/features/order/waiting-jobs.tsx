import type { JobView } from '../../../shared/contract/views.ts'
import { useApp } from '../../app-store.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { jobBefore, jobReason } from '../../ui/job-reason.ts'
import { toneOfJob } from '../../ui/job-state.tsx'
import { KeyCap } from '../../ui/key-cap.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Tag } from '../../ui/tag.tsx'
import './waiting-jobs.css'

/** What of this case is not yet at the service, and why. */
export function WaitingJobs({ jobs }: { jobs: readonly JobView[] }) {
  const t = useT()
  const language = useLanguage()
  const now = useNow(10_000)
  const connection = useApp((state) => state.view?.connection.state) ?? 'offline'
  if (jobs.length === 0) return null
  return (
    <Panel
      title={t('order.waiting', { count: jobs.length })}
      aside={
        <button type="button" className="waiting-jobs-all" onClick={() => navigate({ name: 'outbox' })}>
          {t('order.toOutbox')} <KeyCap of="F8" />
        </button>
      }
    >
      <ul className="waiting-jobs">
        {jobs.map((job) => (
          <li key={job.jobId}>
            <span>{t(`jobKind.${job.kind}`)}</span>
            <Tag tone={toneOfJob(job)}>
              {t(
                job.state === 'pending' && connection !== 'online'
                  ? 'outbox.state.waitingNetwork'
                  : `outbox.state.${job.state}`,
              )}
            </Tag>
            <span className="waiting-jobs-why">
              {jobReason(job, { t, language, connection, now, behind: jobBefore(job, jobs) })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
