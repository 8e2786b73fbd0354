import type { Emitter } from '../emitter.ts'
import { readMeta } from '../meta.ts'
import { longestOfflineDelayMs, retryDelayMs } from '../outbox/retry-policy.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { Store } from '../storage/store.ts'
import { applyChanges, restartChanges } from './apply-changes.ts'
import type { Reconciler } from './reconcile.ts'

/** How long the service may hold a question for changes open; short enough to notice a dead line. */
const waitSeconds = 20
const shortestRoundMs = 1_000

/** Follows the change feed while somebody is signed in. */
export interface SyncLoop {
  /** Ask now: somebody signed in, or the network came back. */
  wake(): void
  start(): void
  stop(): Promise<void>
}

/** Creates the loop; it ends with `stop`. */
export function createSyncLoop(parts: {
  ports: Ports
  store: Store
  service: ServiceClient
  session: SessionKeeper
  events: Emitter
  reconciler: Reconciler
  /** Told what time it is at the service. */
  serviceTime(now: number): void
  /** Told which set of rules the service has published. */
  rulesTold(setDigest: string): Promise<void>
}): SyncLoop {
  const { ports, store, service, session, events, reconciler } = parts
  const stopped = new AbortController()
  let waiting = new AbortController()
  let woken = false
  let failures = 0
  let running: Promise<void> | undefined

  /** Milliseconds to wait before the next question. */
  async function ask(): Promise<number> {
    if (!session.current()) return 3_600_000
    const cursor = (await readMeta(store, 'changesCursor')) ?? 0
    const mark = await readMeta(store, 'changesMark')
    // Read before the question: receipts that arrive meanwhile are no sign of a service that forgot.
    const receipts = (await readMeta(store, 'receiptCount')) ?? 0
    const askedAt = ports.clock.now()
    const outcome = await service.exchange('changes', {
      query: { after: cursor, ...(mark ? { mark } : {}), waitSeconds },
      timeoutMs: (waitSeconds + 10) * 1000,
      signal: stopped.signal,
    })
    if (outcome.kind === 'answered') {
      failures = 0
      const { changes, cursor: next, restart, acceptedJobs, lastSequence, rulesSetDigest } = outcome.value
      parts.serviceTime(outcome.value.serviceTime)
      if (restart) {
        ports.log.warn('sync.restarted', { cursor })
        await store.transaction(async (tx) => restartChanges(tx))
        await reconciler.run()
        return 0
      }
      if (acceptedJobs !== undefined && acceptedJobs < receipts) await reconciler.run()
      await reconciler.recall(lastSequence ?? 0)
      if (rulesSetDigest !== undefined) await parts.rulesTold(rulesSetDigest)
      // A service that does not hold the question open must not be asked in a circle.
      if (changes.length === 0 && next === cursor) {
        const left = askedAt + shortestRoundMs - ports.clock.now()
        // A clock that was put back meanwhile must not turn into a sleep of that length.
        return Math.min(shortestRoundMs, Math.max(0, left))
      }
      const applied = await store.transaction((tx) => applyChanges(tx, ports, { changes, cursor: next }))
      for (const caseId of applied.caseIds) events.emit({ name: 'case.changed', payload: { caseId } })
      if (applied.supervision) events.emit({ name: 'supervision.changed', payload: {} })
      return 0
    }
    if (outcome.kind === 'aborted') return 0
    if (outcome.kind === 'signInNeeded') return 3_600_000
    failures += 1
    if (outcome.kind === 'busy') return outcome.retryAfterMs
    return retryDelayMs(failures, ports.random(), longestOfflineDelayMs)
  }

  async function run() {
    while (!stopped.signal.aborted) {
      woken = false
      let milliseconds: number
      try {
        milliseconds = await ask()
      } catch (error) {
        if (stopped.signal.aborted) return
        failures += 1
        ports.log.error('sync.failed', { error: error instanceof Error ? error.name : typeof error })
        milliseconds = retryDelayMs(failures, ports.random(), longestOfflineDelayMs)
      }
      if (milliseconds === 0 || woken) continue
      waiting = new AbortController()
      await ports.clock.sleep(milliseconds, AbortSignal.any([waiting.signal, stopped.signal]))
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
