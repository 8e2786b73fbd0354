import type { ConnectionView, JobView } from '../../shared/contract/views.ts'
import type { Language, Translate } from '../../shared/i18n/translate.ts'
import { spanText } from './age.ts'
import { failureSentence } from './sentence.ts'

/** Shorter than this is "in a moment". */
const soonMs = 60_000

interface Situation {
  t: Translate
  language: Language
  connection: ConnectionView['state']
  now: number
  /** Another job of the same case goes first. */
  behind: boolean
}

/** Delivered, or closed because its case was corrected. */
export function isOver(job: Pick<JobView, 'state'>): boolean {
  return job.state === 'done' || job.state === 'closed'
}

/** Why a job waits and what happens next, in a sentence; for a job that needs a person, what is wrong with it. */
export function jobReason(job: JobView, { t, language, connection, now, behind }: Situation): string {
  if (isOver(job)) return ''
  if (job.state === 'needs_attention')
    return job.lastError ? failureSentence(language, job.lastError) : t('outbox.state.needs_attention')
  if (connection !== 'online') return t(`outbox.why.${connection}`)
  if (behind) return t('outbox.why.behind')
  const left = (job.nextTryAt ?? now) - now
  if (job.state === 'pending' && left > soonMs) return t('outbox.why.nextTry', { span: spanText(t, left) })
  return t(job.state === 'pending' && left > 0 ? 'outbox.why.nextTrySoon' : 'outbox.why.online')
}

/** Whether an older unsent job of the same case stands before this one. */
export function standsBehind(job: JobView, jobs: readonly JobView[]): boolean {
  return jobs.some((other) => other.caseId === job.caseId && !isOver(other) && other.jobId < job.jobId)
}
