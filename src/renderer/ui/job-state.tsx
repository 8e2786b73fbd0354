import type { JobView } from '../../shared/contract/views.ts'
import { formatInstant } from '../../shared/domain/calendar.ts'
import { useApp } from '../app-store.ts'
import { useT } from '../language.ts'
import './job-state.css'
import type { Tone } from './tone.ts'

/** The tone of a job's state. */
export function toneOfJob(job: Pick<JobView, 'state'>): Tone {
  switch (job.state) {
    case 'done':
      return 'done'
    case 'closed':
      return 'plain'
    case 'needs_attention':
      return 'stops'
    case 'sending':
      return 'chosen'
    case 'pending':
      return 'waits'
  }
}

/** Where a job stands, in words; a waiting job says what it waits for. */
export function JobState({ job }: { job: JobView }) {
  const t = useT()
  const online = useApp((state) => state.view?.connection.state === 'online')
  const words =
    job.state === 'done' && job.doneAt !== undefined
      ? t('outbox.delivered', { time: formatInstant(job.doneAt).slice(11) })
      : t(job.state === 'pending' && !online ? 'outbox.state.waitingNetwork' : `outbox.state.${job.state}`)
  return (
    <span className="job-state" data-tone={toneOfJob(job)}>
      {words}
    </span>
  )
}
