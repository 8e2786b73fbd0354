import { create } from 'zustand'
import type { CaseView, JobView, OutboxView } from '../../../shared/contract/views.ts'
import type { Failure, Result } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'
import { isOver } from '../../ui/job-reason.ts'

interface OutboxState {
  jobs: readonly JobView[] | undefined
  /** How many wait in all, and how many of them need a person; the list names some hundreds at most. */
  waitingJobs: number
  needsAttention: number
  selectedId: string | undefined
  failure: Failure | undefined
  /** The most jobs that waited since the list was last empty: the whole against which sending is measured. */
  peak: number
  busy: boolean
  reload(): Promise<void>
  select(jobId: string): void
  moveSelection(by: number): void
  retry(jobId: string): Promise<void>
  /** Leads the job's case back to a draft; its view, or undefined when that failed. */
  correct(jobId: string): Promise<CaseView | undefined>
  handOver(jobId: string, reason: string): Promise<Result<unknown>>
}

const rank: Record<JobView['state'], number> = { needs_attention: 0, sending: 1, pending: 2, done: 3, closed: 3 }

/** What needs a person first, and of that what was handed over; then what waits in the order of sending, then what was delivered, the latest first. */
export function inReadingOrder(jobs: readonly JobView[]): JobView[] {
  return jobs.toSorted((a, b) =>
    rank[a.state] !== rank[b.state]
      ? rank[a.state] - rank[b.state]
      : isOver(a)
        ? (b.doneAt ?? 0) - (a.doneAt ?? 0) || b.sequence - a.sequence
        : Number(b.handedOver !== undefined) - Number(a.handedOver !== undefined) || a.sequence - b.sequence,
  )
}

/** Jobs that are not yet at the service. */
export function unsentOf(jobs: readonly JobView[]): JobView[] {
  return jobs.filter((job) => !isOver(job))
}

let asked = 0

/** Everything that waits to be sent, and what was delivered lately. */
export const useOutbox = create<OutboxState>((set, get) => {
  function take({ jobs: all, waitingJobs, needsAttention }: OutboxView) {
    const jobs = inReadingOrder(all)
    const { selectedId, peak } = get()
    set({
      jobs,
      waitingJobs,
      needsAttention,
      failure: undefined,
      peak: waitingJobs === 0 ? 0 : Math.max(peak, waitingJobs),
      selectedId: jobs.some((job) => job.jobId === selectedId) ? selectedId : jobs[0]?.jobId,
    })
  }
  return {
    jobs: undefined,
    waitingJobs: 0,
    needsAttention: 0,
    selectedId: undefined,
    failure: undefined,
    peak: 0,
    busy: false,
    async reload() {
      const question = ++asked
      const result = await call('outbox.list', { includeDone: true })
      if (question !== asked) return
      if (result.ok) take(result.value)
      else set({ failure: result.error })
    },
    select: (selectedId) => set({ selectedId }),
    moveSelection(by) {
      const { jobs = [], selectedId } = get()
      const at = jobs.findIndex((job) => job.jobId === selectedId)
      const next = jobs[Math.min(jobs.length - 1, Math.max(0, at + by))]
      if (next) set({ selectedId: next.jobId })
    },
    async retry(jobId) {
      if (get().busy) return
      set({ busy: true, failure: undefined })
      const result = await call('outbox.retry', { jobId })
      set({ busy: false })
      if (!result.ok) return set({ failure: result.error })
      await get().reload()
    },
    async correct(jobId) {
      if (get().busy) return undefined
      set({ busy: true, failure: undefined })
      const result = await call('outbox.correct', { jobId })
      set({ busy: false })
      if (result.ok) return result.value
      set({ failure: result.error })
      return undefined
    },
    async handOver(jobId, reason) {
      const result = await call('outbox.handOver', { jobId, reason })
      if (result.ok) await get().reload()
      return result
    },
  }
})
