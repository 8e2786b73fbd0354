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
  /** The job of the same case that goes first. */
  behind: JobView | undefined
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
  // Neither time nor a network sends what stands behind a job that needs a person.
  if (behind?.state === 'needs_attention') return t('outbox.why.held')
  if (connection !== 'online') return t(`outbox.why.${connection}`)
  if (behind) return t('outbox.why.behind')
  const left = (job.nextTryAt ?? now) - now
  if (job.state === 'pending' && left > soonMs) return t('outbox.why.nextTry', { span: spanText(t, left) })
  return t(job.state === 'pending' && left > 0 ? 'outbox.why.nextTrySoon' : 'outbox.why.online')
}

/** The first unsent job of the same case, when it is not this one: it goes before. */
export function jobBefore(job: JobView, jobs: readonly JobView[]): JobView | undefined {
  let first: JobView | undefined
  for (const other of jobs)
    if (other.caseId === job.caseId && !isOver(other) && other.sequence < (first ?? job).sequence) first = other
  return first
}
