import type { JobResult } from '../../../shared/protocol/jobs.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient, ServiceOutcome } from '../service-client/service-client.ts'
import type { Store, Transaction } from '../storage/store.ts'
import { type Batch, fillBatch, lanesOf } from './batch.ts'
import { createBatchSize } from './batch-size.ts'
import { erasePapers } from './kept-papers.ts'
import { longestBusyDelayMs, longestJobDelayMs, longestOfflineDelayMs, retryDelayMs } from './retry-policy.ts'
import { type QueuedJob, sendableJobs } from './sendable-jobs.ts'
import { holdJob, postponeJobs, settleBatch } from './settle-batch.ts'
import { uploadPaper } from './upload-papers.ts'

/** What the pump, and what sends for it, needs of the counter. */
export interface PumpParts {
  ports: Pick<Ports, 'clock' | 'random' | 'log' | 'resources' | 'jobsTogether'>
  store: Store
  service: ServiceClient
  signedIn(): boolean
  /** Brings back to a restored service what it forgot; says how many jobs wait again, undefined when it could not be asked. */
  reconcile(): Promise<number | undefined>
  /** Brings back what the service had sealed for these cases; true when it had forgotten some of it. */
  bringBack(caseIds: readonly string[]): Promise<boolean>
  /** Lanes whose jobs changed on disk. */
  changed(lanes: readonly string[]): Promise<void>
}

/** A batch with pictures over a slow line needs longer than a question at the counter. */
const sendTimeoutMs = 60_000

/** Batches on their way at the same time: the service reads and checks one while its database writes the other. */
const mostFlights = 2

/** What one round of the pump came to, and so when the next makes sense. */
export type Round = { next: 'now' } | { next: 'after'; milliseconds: number } | { next: 'wake' }
type Answer = ServiceOutcome<{ results: readonly JobResult[] }>
type Mishap = Exclude<Answer, { kind: 'answered' }>

/** A batch on its way. */
interface Flight {
  jobs: readonly QueuedJob[]
  /** UTC milliseconds. */
  sentAt: number
  answer: Promise<Answer>
}

/** What an order rests on that the service itself gave this counter while the customer stood here. */
const givenOnline: ReadonlySet<string> = new Set(['proof.missing', 'case.preCheckMissing', 'approval.missing'])

/** The one of two that leaves the service alone for longer. */
function calmer(one: Round, other: Round): Round {
  if (one.next === 'wake' || other.next === 'wake') return { next: 'wake' }
  const waits = [one, other].flatMap((round) => (round.next === 'after' ? round.milliseconds : []))
  return waits.length === 0 ? { next: 'now' } : { next: 'after', milliseconds: Math.max(...waits) }
}

/** Sends what waits. */
export interface Sending {
  /** Sends until nothing is left, something goes wrong or `pauses` says that other work has to be done in between. */
  round(pauses: () => boolean): Promise<Round>
  /** Jobs that are on their way to the service at this moment, or whose answer is being written down. */
  underWay(): ReadonlySet<string>
  /** The service said what time it is there, in UTC milliseconds. */
  serviceTime(now: number): void
}

/**
 * Creates what sends. While batches travel, the answer to the one before them is written down and the next one is filled. No two of them
 * hold jobs of one lane: what becomes of one decides nothing about the others, and the order within a lane is that of its batches.
 */
export function createSending(parts: PumpParts, about: { stopped: AbortSignal; wake(): void }): Sending {
  const { ports, store, service } = parts
  const { stopped } = about
  /** Times the service named and which are not over. */
  let leftAlone = 0
  let offlineRounds = 0
  const size = createBatchSize(parts.ports.jobsTogether)
  let flights: Flight[] = []
  let beingSettled: readonly QueuedJob[] = []
  // Before it has said anything in this run, nothing is old.
  let serviceNow = 0

  async function write(jobs: readonly QueuedJob[], work: (tx: Transaction) => Promise<void> | void) {
    await store.transaction(async (tx) => work(tx))
    await parts.changed(lanesOf(jobs))
  }

  function hold(jobs: readonly QueuedJob[], error: Parameters<typeof holdJob>[2]) {
    return write(jobs, async (tx) => {
      for (const job of jobs) holdJob(tx, job.id, error)
      await refreshCases(tx, ports, lanesOf(jobs))
    })
  }

  async function nextDue(): Promise<Round> {
    const now = ports.clock.now()
    const row = await store.get<{ due: number | null }>(
      "SELECT min(next_try_at) AS due FROM outbox_job WHERE state = 'pending' AND next_try_at > ? AND next_try_at <= ?",
      [now, now + longestJobDelayMs],
    )
    return row?.due ? { next: 'after', milliseconds: Math.max(1, row.due - now) } : { next: 'wake' }
  }

  const busyJobs = () => [...flights.flatMap(({ jobs }) => jobs), ...beingSettled]

  /** The next batch of lanes that are not under way; what cannot be read is held on the way. */
  async function prepare(): Promise<Batch> {
    const wanted = { now: ports.clock.now(), limit: size.jobs, lanesUnderWay: lanesOf(busyJobs()) }
    const batch = await fillBatch(store, await sendableJobs(store, wanted))
    if (batch.unreadable.length === 0) return batch
    for (const { code, ...job } of batch.unreadable) await hold([job], { code })
    return batch.jobs.length > 0 ? batch : prepare()
  }

  async function send(batch: Batch): Promise<Answer> {
    for (const paper of batch.uploads) {
      const uploaded = await uploadPaper({ store, service, signal: stopped }, paper)
      if (uploaded.kind !== 'answered') return uploaded
    }
    return service.exchange('sendJobs', { jsonBytes: batch.body, timeoutMs: sendTimeoutMs, signal: stopped })
  }

  function take(batch: Batch) {
    const answer = send(batch)
    // Handled where it is awaited; until then it must not count as forgotten.
    answer.catch(() => {})
    flights.push({ jobs: batch.jobs, sentAt: ports.clock.now(), answer })
  }

  /**
   * A service that said it is busy is asked nothing before the time it named is over, whatever happens at the counter meanwhile: where
   * it is busy, every counter has work, and each new job would send all of them again.
   */
  function leaveAlone(milliseconds: number) {
    leftAlone += 1
    void ports.clock.sleep(Math.min(milliseconds, longestBusyDelayMs), stopped).then(() => {
      leftAlone -= 1
      about.wake()
    })
  }

  function unreachable(): Round {
    offlineRounds += 1
    return { next: 'after', milliseconds: retryDelayMs(offlineRounds, ports.random(), longestOfflineDelayMs) }
  }

  /** What to do after anything but an answer for each job. Jobs that cost no attempt stay as they are. */
  async function recover(jobs: readonly QueuedJob[], outcome: Mishap): Promise<Round> {
    const postpone = (error: Parameters<typeof postponeJobs>[3]) =>
      write(jobs, (tx) => postponeJobs(tx, ports, jobs, error)).then((): Round => ({ next: 'now' }))
    switch (outcome.kind) {
      case 'offline':
        return unreachable()
      case 'busy':
        leaveAlone(outcome.retryAfterMs)
        return { next: 'wake' }
      case 'signInNeeded':
      case 'aborted':
        return { next: 'wake' }
      case 'timeout':
        return postpone({ code: 'connection.timeout' })
      case 'broken':
        return postpone({ code: 'service.internal' })
      case 'refused':
        ports.log.warn('outbox.batchRefused', { error: outcome.error.code, status: outcome.status, jobs: jobs.length })
        if (outcome.error.code.startsWith('auth.')) return postpone(outcome.error)
        if (outcome.error.code === 'service.restored')
          return (await parts.reconcile()) ? { next: 'now' } : unreachable()
        // The batch as a whole was refused. Alone, the one job that is to blame shows itself and holds only its lane.
        size.refused(jobs.length)
        if (jobs.length === 1) await hold(jobs, outcome.error)
        return { next: 'now' }
    }
  }

  /** The same for batches that were under way together. What concerns the line or the whole service is dealt with once. */
  async function recoverAll(mishaps: readonly { jobs: readonly QueuedJob[]; outcome: Mishap }[]): Promise<Round> {
    const dealtWith = new Set<string>()
    let next: Round = { next: 'now' }
    for (const { jobs, outcome } of mishaps) {
      const name = outcome.kind === 'refused' && outcome.error.code === 'service.restored' ? 'restored' : outcome.kind
      if (['offline', 'restored'].includes(name) && dealtWith.has(name)) continue
      dealtWith.add(name)
      next = calmer(next, await recover(jobs, outcome))
    }
    return next
  }

  /**
   * Refusals for want of a proof, pre-check or approval are no refusals when the service had given it and forgot: it is brought back,
   * and the job waits as if nothing had been said.
   */
  async function withoutForgotten(
    jobs: readonly QueuedJob[],
    results: readonly JobResult[],
  ): Promise<readonly JobResult[]> {
    const wanting = results.filter((result) => result.outcome === 'refused' && givenOnline.has(result.error.code))
    if (wanting.length === 0) return results
    const ids = new Set(wanting.map((result) => result.id))
    const cases = lanesOf(jobs.filter((job) => ids.has(job.id)))
    const forgotten = new Set<string>()
    for (const caseId of cases) if (await parts.bringBack([caseId])) forgotten.add(caseId)
    const isForgotten = (id: string) => forgotten.has(jobs.find((job) => job.id === id)?.lane ?? '')
    return results.map((result) =>
      ids.has(result.id) && isForgotten(result.id) ? { id: result.id, outcome: 'blocked' } : result,
    )
  }

  /** Sends, with the next batch always at hand, until nothing is left or one comes to nothing; those that travel then are waited for. */
  async function sendFrom(first: Batch, pauses: () => boolean): Promise<Round> {
    const mishaps: { jobs: readonly QueuedJob[]; outcome: Mishap }[] = []
    let settling: Promise<void> = Promise.resolve()
    let next: Batch | undefined = first
    const mayGoOn = () => mishaps.length === 0 && !stopped.aborted && !pauses()
    try {
      for (;;) {
        if (next && next.jobs.length > 0 && flights.length < mostFlights && mayGoOn()) {
          take(next)
          next = await prepare()
          continue
        }
        const flight = flights[0]
        if (!flight) break
        const outcome = await flight.answer
        await settling
        flights.shift()
        if (outcome.kind !== 'answered') {
          if (outcome.kind !== 'offline' && outcome.kind !== 'refused') offlineRounds = 0
          if (['offline', 'timeout', 'broken'].includes(outcome.kind)) size.lost()
          mishaps.push({ jobs: flight.jobs, outcome })
          continue
        }
        offlineRounds = 0
        size.answered(flight.jobs.length, ports.clock.now() - flight.sentAt)
        beingSettled = flight.jobs
        const results = await withoutForgotten(flight.jobs, outcome.value.results)
        settling = write(flight.jobs, (tx) => settleBatch(tx, ports, flight.jobs, results)).then(() => {
          beingSettled = []
        })
        settling.catch(() => {})
        // Nothing was left but what waits behind these.
        if (next?.jobs.length === 0 && mayGoOn()) {
          await settling
          next = await prepare()
        }
      }
      await settling
      return await recoverAll(mishaps)
    } finally {
      // After trouble here: nothing is sent a second time while it may still be on its way.
      await Promise.allSettled([settling, ...flights.map(({ answer }) => answer)])
      flights = []
      beingSettled = []
    }
  }

  return {
    async round(pauses) {
      if (leftAlone > 0) return { next: 'wake' }
      if (!parts.signedIn()) {
        await erasePapers(store, serviceNow)
        return { next: 'wake' }
      }
      const first = await prepare()
      if (first.jobs.length > 0) return sendFrom(first, pauses)
      await erasePapers(store, serviceNow)
      return nextDue()
    },
    underWay: () => new Set(busyJobs().map((job) => job.id)),
    serviceTime(now) {
      serviceNow = now
    },
  }
}
