import { refreshCase } from '../cases/case-store.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { Store } from '../storage/store.ts'
import { batchLimits, fillBatch, sendableJobs } from './batch.ts'
import type { JobRow } from './outbox-table.ts'
import { longestJobDelayMs, longestOfflineDelayMs, retryDelayMs } from './retry-policy.ts'
import { holdJob, postponeJobs, releaseJobs, settleBatch } from './settle-batch.ts'

/** A batch with pictures over a slow line needs longer than a question at the counter. */
const sendTimeoutMs = 60_000

export interface PumpParts {
  ports: Pick<Ports, 'clock' | 'random' | 'log' | 'resources'>
  store: Store
  service: ServiceClient
  signedIn(): boolean
  /** Lanes whose jobs changed on disk. */
  changed(lanes: readonly string[]): Promise<void>
}

/** What one round of the pump came to, and so when the next makes sense. */
type Round = { next: 'now' } | { next: 'after'; milliseconds: number } | { next: 'wake' }

/** Sends waiting jobs, one batch at a time, until there is nothing it can do; then waits to be woken. */
export interface Pump {
  /** Something may be sendable now. */
  wake(): void
  start(): void
  /** Interrupts the wait and resolves when the batch under way is settled. */
  stop(): Promise<void>
}

/** Creates the pump. It sees only rows that are on disk and answers to nobody: what it learns goes back into the store. */
export function createPump(parts: PumpParts): Pump {
  const { ports, store, service } = parts
  const stopped = new AbortController()
  let waiting = new AbortController()
  let woken = false
  let offlineRounds = 0
  let jobsPerBatch: number = batchLimits.jobs
  let running: Promise<void> | undefined

  const lanesOf = (rows: readonly JobRow[]) => [...new Set(rows.map((row) => row.lane))]

  async function resetSending() {
    await store.transaction(async (tx) => tx.run("UPDATE outbox_job SET state = 'pending' WHERE state = 'sending'"))
  }

  async function hold(rows: readonly JobRow[], error: Parameters<typeof holdJob>[2]) {
    await store.transaction(async (tx) => {
      for (const row of rows) holdJob(tx, row.id, error)
      for (const lane of lanesOf(rows)) await refreshCase(tx, ports, lane)
    })
    await parts.changed(lanesOf(rows))
  }

  async function nextDue(): Promise<Round> {
    const now = ports.clock.now()
    const row = await store.get<{ due: number | null }>(
      "SELECT min(next_try_at) AS due FROM outbox_job WHERE state = 'pending' AND next_try_at > ? AND next_try_at <= ?",
      [now, now + longestJobDelayMs],
    )
    return row?.due ? { next: 'after', milliseconds: Math.max(1, row.due - now) } : { next: 'wake' }
  }

  async function send(rows: JobRow[], jobs: readonly unknown[]): Promise<Round> {
    await store.transaction(async (tx) => {
      for (const row of rows) tx.run("UPDATE outbox_job SET state = 'sending' WHERE id = ?", [row.id])
    })
    await parts.changed([])
    const outcome = await service.exchange('sendJobs', {
      body: { jobs },
      timeoutMs: sendTimeoutMs,
      signal: stopped.signal,
    })
    const finish = async (round: Round, write: Parameters<typeof store.transaction>[0]): Promise<Round> => {
      await store.transaction(write)
      await parts.changed(lanesOf(rows))
      return round
    }
    if (outcome.kind !== 'offline') offlineRounds = 0
    switch (outcome.kind) {
      case 'answered':
        jobsPerBatch = batchLimits.jobs
        return finish({ next: 'now' }, (tx) => settleBatch(tx, ports, rows, outcome.value.results))
      case 'offline': {
        offlineRounds += 1
        const milliseconds = retryDelayMs(offlineRounds, ports.random(), longestOfflineDelayMs)
        return finish({ next: 'after', milliseconds }, async (tx) => releaseJobs(tx, rows))
      }
      case 'busy':
        return finish({ next: 'after', milliseconds: outcome.retryAfterMs }, async (tx) => releaseJobs(tx, rows))
      case 'signInNeeded':
      case 'aborted':
        return finish({ next: 'wake' }, async (tx) => releaseJobs(tx, rows))
      case 'timeout':
        return finish({ next: 'now' }, async (tx) => postponeJobs(tx, ports, rows, { code: 'connection.timeout' }))
      case 'broken':
        return finish({ next: 'now' }, async (tx) => postponeJobs(tx, ports, rows, { code: 'service.internal' }))
      case 'refused':
        ports.log.warn('outbox.batchRefused', { error: outcome.error.code, status: outcome.status, jobs: rows.length })
        // The batch as a whole was refused. Alone, the one job that is to blame shows itself and holds only its lane.
        if (outcome.error.code.startsWith('auth.'))
          return finish({ next: 'now' }, async (tx) => postponeJobs(tx, ports, rows, outcome.error))
        if (rows.length > 1) {
          jobsPerBatch = 1
          return finish({ next: 'now' }, async (tx) => releaseJobs(tx, rows))
        }
        return finish({ next: 'now' }, async (tx) => {
          holdJob(tx, rows[0]!.id, outcome.error)
          await refreshCase(tx, ports, rows[0]!.lane)
        })
    }
  }

  async function round(): Promise<Round> {
    if (!parts.signedIn()) return { next: 'wake' }
    const candidates = await sendableJobs(store, ports.clock.now(), jobsPerBatch)
    if (candidates.length === 0) return nextDue()
    const batch = await fillBatch(store, candidates)
    if (batch.unreadable.length > 0) await hold(batch.unreadable, { code: 'job.malformed' })
    return batch.rows.length > 0 ? send(batch.rows, batch.envelopes) : { next: 'now' }
  }

  async function wait(round: Round) {
    if (round.next === 'now' || woken) return
    waiting = new AbortController()
    const signal = AbortSignal.any([waiting.signal, stopped.signal])
    await ports.clock.sleep(round.next === 'after' ? round.milliseconds : 3_600_000, signal)
  }

  async function run() {
    let failures = 0
    let reset = false
    while (!stopped.signal.aborted) {
      woken = false
      try {
        // Whatever a round that failed, or the last run, left half sent is sent again: the service knows each job by its id.
        if (!reset) await resetSending()
        reset = true
        const done = await round()
        failures = 0
        await wait(done)
      } catch (error) {
        if (stopped.signal.aborted) return
        failures += 1
        reset = false
        ports.log.error('outbox.roundFailed', { error: error instanceof Error ? error.name : typeof error })
        await ports.clock.sleep(retryDelayMs(failures, ports.random(), longestOfflineDelayMs), stopped.signal)
      }
    }
  }

  return {
    wake() {
      woken = true
      waiting.abort()
    },
    start() {
      running ??= run()
    },
    async stop() {
      stopped.abort()
      await running
    },
  }
}
