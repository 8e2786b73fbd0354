import type { JobResult } from '../../../shared/protocol/jobs.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient, ServiceOutcome } from '../service-client/service-client.ts'
import type { Store, Transaction } from '../storage/store.ts'
import { type Batch, batchLimits, fillBatch, sendableJobs } from './batch.ts'
import { erasePapers } from './kept-papers.ts'
import type { JobRow } from './outbox-table.ts'
import { longestBusyDelayMs, longestJobDelayMs, longestOfflineDelayMs, retryDelayMs } from './retry-policy.ts'
import { holdJob, postponeJobs, settleBatch } from './settle-batch.ts'
import { uploadPaper } from './upload-papers.ts'

/** A batch with pictures over a slow line needs longer than a question at the counter. */
const sendTimeoutMs = 60_000

export interface PumpParts {
  ports: Pick<Ports, 'clock' | 'random' | 'log' | 'resources'>
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

/** What one round of the pump came to, and so when the next makes sense. */
type Round = { next: 'now' } | { next: 'after'; milliseconds: number } | { next: 'wake' }
type Answer = ServiceOutcome<{ results: readonly JobResult[] }>

/** What an order rests on that the service itself gave this counter while the customer stood here. */
const givenOnline: ReadonlySet<string> = new Set(['proof.missing', 'case.preCheckMissing', 'approval.missing'])

/** Sends waiting jobs, batch after batch, until there is nothing it can do; then waits to be woken. */
export interface Pump {
  /** Something may be sendable now. */
  wake(): void
  start(): void
  /** Interrupts the wait and resolves when the batch under way is settled. */
  stop(): Promise<void>
  /** Jobs that are on their way to the service at this moment. */
  underWay(): ReadonlySet<string>
  /** Runs work while no batch is on its way; undefined when the pump stops before. */
  betweenRounds<T>(work: () => Promise<T>): Promise<T | undefined>
  /** The service said what time it is there, in UTC milliseconds. */
  serviceTime(now: number): void
}

const lanesOf = (rows: readonly JobRow[]) => [...new Set(rows.map((row) => row.lane))]

/**
 * Creates the pump. It sees only rows that are on disk and answers to nobody: what it learns goes back into the store. That a job is
 * under way is known in memory only: after a crash it is simply sent again, because the service knows each job by its id. While one
 * batch travels, the answer to the batch before it is written down and the next one is prepared, of other lanes.
 */
export function createPump(parts: PumpParts): Pump {
  const { ports, store, service } = parts
  const stopped = new AbortController()
  let waiting = new AbortController()
  let woken = false
  let leftAlone = false
  let offlineRounds = 0
  let jobsPerBatch: number = batchLimits.jobs
  let running: Promise<void> | undefined
  let underWay: ReadonlySet<string> = new Set()
  // Before it has said anything in this run, nothing is old.
  let serviceNow = 0

  async function write(rows: readonly JobRow[], work: (tx: Transaction) => Promise<void> | void) {
    await store.transaction(async (tx) => work(tx))
    await parts.changed(lanesOf(rows))
  }

  function hold(rows: readonly JobRow[], error: Parameters<typeof holdJob>[2]) {
    return write(rows, async (tx) => {
      for (const row of rows) holdJob(tx, row.id, error)
      await refreshCases(tx, ports, lanesOf(rows))
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

  /** The next batch of lanes that are not under way; what cannot be read is held on the way. */
  async function prepare(lanesUnderWay: readonly string[]): Promise<Batch> {
    const now = ports.clock.now()
    const batch = await fillBatch(store, await sendableJobs(store, { now, limit: jobsPerBatch, lanesUnderWay }))
    if (batch.unreadable.length === 0) return batch
    for (const row of batch.unreadable)
      await hold([row], { code: batch.paperless.has(row.id) ? 'job.paperGone' : 'job.malformed' })
    return batch.rows.length > 0 ? batch : prepare(lanesUnderWay)
  }

  async function send(batch: Batch): Promise<Answer> {
    underWay = new Set(batch.rows.map((row) => row.id))
    for (const paper of batch.uploads) {
      const uploaded = await uploadPaper({ store, service, signal: stopped.signal }, paper)
      if (uploaded.kind !== 'answered') return uploaded
    }
    return service.exchange('sendJobs', {
      bodyText: `{"receipts":${batch.receipts},"jobs":[${batch.jobs.join(',')}]}`,
      timeoutMs: sendTimeoutMs,
      signal: stopped.signal,
    })
  }

  /**
   * A service that said it is busy is asked nothing before the time it named is over, whatever happens at the counter meanwhile: where
   * it is busy, every counter has work, and each new job would send all of them again.
   */
  function leaveAlone(milliseconds: number) {
    leftAlone = true
    void ports.clock.sleep(Math.min(milliseconds, longestBusyDelayMs), stopped.signal).then(() => {
      leftAlone = false
      wake()
    })
  }

  /** What to do after anything but an answer for each job. Jobs that cost no attempt stay as they are. */
  async function recover(rows: readonly JobRow[], outcome: Exclude<Answer, { kind: 'answered' }>): Promise<Round> {
    const postpone = (error: Parameters<typeof postponeJobs>[3]) =>
      write(rows, (tx) => postponeJobs(tx, ports, rows, error)).then((): Round => ({ next: 'now' }))
    switch (outcome.kind) {
      case 'offline':
        offlineRounds += 1
        return { next: 'after', milliseconds: retryDelayMs(offlineRounds, ports.random(), longestOfflineDelayMs) }
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
        ports.log.warn('outbox.batchRefused', { error: outcome.error.code, status: outcome.status, jobs: rows.length })
        if (outcome.error.code.startsWith('auth.')) return postpone(outcome.error)
        if (outcome.error.code === 'service.restored') {
          if (await parts.reconcile()) return { next: 'now' }
          offlineRounds += 1
          return { next: 'after', milliseconds: retryDelayMs(offlineRounds, ports.random(), longestOfflineDelayMs) }
        }
        // The batch as a whole was refused. Alone, the one job that is to blame shows itself and holds only its lane.
        if (rows.length > 1) jobsPerBatch = 1
        else await hold(rows, outcome.error)
        return { next: 'now' }
    }
  }

  /**
   * Refusals for want of a proof, pre-check or approval are no refusals when the service had given it and forgot: it is brought back,
   * and the job waits as if nothing had been said.
   */
  async function withoutForgotten(rows: readonly JobRow[], results: readonly JobResult[]): Promise<JobResult[]> {
    const wanting = results.filter((result) => result.outcome === 'refused' && givenOnline.has(result.error.code))
    if (wanting.length === 0) return [...results]
    const ids = new Set(wanting.map((result) => result.id))
    const cases = lanesOf(rows.filter((row) => ids.has(row.id)))
    const forgotten = new Set<string>()
    for (const caseId of cases) if (await parts.bringBack([caseId])) forgotten.add(caseId)
    const isForgotten = (id: string) => forgotten.has(rows.find((row) => row.id === id)?.lane ?? '')
    return results.map((result) =>
      ids.has(result.id) && isForgotten(result.id) ? { id: result.id, outcome: 'blocked' } : result,
    )
  }

  /** Sends until nothing is left or something goes wrong. */
  async function round(): Promise<Round> {
    underWay = new Set()
    if (leftAlone) return { next: 'wake' }
    const first = parts.signedIn() ? await prepare([]) : undefined
    if (!first || first.rows.length === 0) {
      await erasePapers(store, serviceNow)
      return first ? nextDue() : { next: 'wake' }
    }
    let batch = first
    let settling: Promise<void> = Promise.resolve()
    while (batch.rows.length > 0) {
      const { rows } = batch
      const [outcome, next] = await Promise.all([send(batch), settling.then(() => prepare(lanesOf(rows)))])
      if (outcome.kind !== 'answered') {
        if (outcome.kind !== 'offline' && outcome.kind !== 'refused') offlineRounds = 0
        underWay = new Set()
        return recover(rows, outcome)
      }
      offlineRounds = 0
      jobsPerBatch = batchLimits.jobs
      const results = await withoutForgotten(rows, outcome.value.results)
      settling = write(rows, (tx) => settleBatch(tx, ports, rows, results))
      // Handled where it is awaited; until then it must not count as forgotten.
      settling.catch(() => {})
      batch = next
    }
    underWay = new Set()
    await settling
    return { next: 'now' }
  }

  function wake() {
    woken = true
    waiting.abort()
  }

  async function wait(round: Round) {
    if (round.next === 'now' || woken) return
    waiting = new AbortController()
    const signal = AbortSignal.any([waiting.signal, stopped.signal])
    await ports.clock.sleep(round.next === 'after' ? round.milliseconds : 3_600_000, signal)
  }

  /** Work that must not meet a batch on its way. */
  let errands: { run(): Promise<void>; drop(): void }[] = []

  async function doErrands() {
    const present = errands
    errands = []
    for (const errand of present) await errand.run()
  }

  async function run() {
    let failures = 0
    while (!stopped.signal.aborted) {
      woken = false
      await doErrands()
      try {
        const done = await round()
        failures = 0
        await wait(done)
      } catch (error) {
        if (stopped.signal.aborted) return
        failures += 1
        ports.log.error('outbox.roundFailed', { error: error instanceof Error ? error.name : typeof error })
        await ports.clock.sleep(retryDelayMs(failures, ports.random(), longestOfflineDelayMs), stopped.signal)
      }
    }
  }

  return {
    wake,
    start() {
      running ??= run()
    },
    async stop() {
      stopped.abort()
      await running
      for (const errand of errands) errand.drop()
    },
    betweenRounds<T>(work: () => Promise<T>) {
      if (stopped.signal.aborted) return Promise.resolve(undefined)
      return new Promise<T | undefined>((resolve, reject) => {
        errands.push({ run: () => work().then(resolve, reject), drop: () => resolve(undefined) })
        wake()
      })
    },
    underWay: () => underWay,
    serviceTime(now) {
      serviceNow = now
    },
  }
}
