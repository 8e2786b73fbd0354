import type { Emitter } from '../emitter.ts'
import { readMeta } from '../meta.ts'
import { longestOfflineDelayMs, retryDelayMs } from '../outbox/retry-policy.ts'
import type { Ports } from '../ports.ts'
import type { FollowChanges } from '../service-client/follow-changes.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { Store } from '../storage/store.ts'
import { createFeedWay } from './feed-way.ts'
import type { Reconciler } from './reconcile.ts'
import { createNewsTaker } from './take-news.ts'

/** How long the service may hold a question for changes open; short enough to notice a dead line. */
const waitSeconds = 20
const shortestRoundMs = 1_000
/** Streams that were ended for all of a store do not come back in the same instant. */
const spreadMs = 2_000
const untilSignedIn = 3_600_000

/** Follows the change feed while somebody is signed in. */
export interface SyncLoop {
  /** Ask now: somebody signed in, or the network came back. */
  wake(): void
  start(): void
  stop(): Promise<void>
}

/** Creates the loop; it ends with `stop`. Changes come by a stream, by long polls where streams do not get through. */
export function createSyncLoop(parts: {
  ports: Ports
  store: Store
  service: ServiceClient
  /** Undefined on a line that carries whole answers only. */
  follow: FollowChanges | undefined
  session: SessionKeeper
  events: Emitter
  reconciler: Reconciler
  /** Told what time it is at the service. */
  serviceTime(now: number): void
  /** Told which set of rules the service has published. */
  rulesTold(setDigest: string): Promise<void>
}): SyncLoop {
  const { ports, store, service, follow, session, events } = parts
  const stopped = new AbortController()
  let waiting = new AbortController()
  let signedOut = new AbortController()
  let woken = false
  let failures = 0
  /** What the service says of this counter is known since this start; before, nobody may be kept waiting for it. */
  let stands = false
  let running: Promise<void> | undefined
  const news = createNewsTaker(parts)
  const way = createFeedWay(follow !== undefined, (name) => ports.log.info('sync.way', { way: name }))
  events.on((event) => {
    if (event.name === 'session.changed' && !event.payload.signedIn) signedOut.abort()
  })

  async function position() {
    return {
      after: (await readMeta(store, 'changesCursor')) ?? 0,
      mark: await readMeta(store, 'changesMark'),
      receipts: await news.receiptsHeld(),
    }
  }

  /** The service has ended the session that was asked with; whoever signed in meanwhile stays. */
  function giveUp(token: string | undefined) {
    if (token) session.lost(token)
  }

  function afterFailure(): number {
    failures += 1
    return retryDelayMs(failures, ports.random(), longestOfflineDelayMs)
  }

  /** Milliseconds to wait before going on. */
  async function stream(followChanges: FollowChanges): Promise<number> {
    const { after, mark, receipts } = await position()
    signedOut = new AbortController()
    const token = session.current()?.token
    const take = news.fromStream(receipts)
    const outcome = await followChanges({
      after,
      mark,
      async heard(told) {
        failures = 0
        // Whoever wanted it asked is served by now.
        woken = false
        await take(told)
        if (told.some((one) => one.event === 'status' && one.status.signedOut)) giveUp(token)
        // Nobody asks anew while a stream runs, so a session that ends by itself is noticed here.
        if (!session.current()) signedOut.abort()
      },
      signal: AbortSignal.any([stopped.signal, signedOut.signal]),
    })
    way.streamed(outcome)
    switch (outcome.kind) {
      case 'over':
        if (outcome.reason === 'expired') return Math.round(ports.random() * spreadMs)
        // Asking tells why.
        if (outcome.reason === 'deviceUnknown') return poll({ hold: false })
        return afterFailure()
      case 'busy':
        failures += 1
        return outcome.retryAfterMs
      case 'signInNeeded':
        return untilSignedIn
      case 'offline':
        return afterFailure()
      default:
        return 0
    }
  }

  /** Milliseconds to wait before the next question. */
  async function poll({ hold }: { hold: boolean }): Promise<number> {
    const { after, mark, receipts } = await position()
    const askedAt = ports.clock.now()
    const token = session.current()?.token
    const outcome = await service.exchange('changes', {
      query: { after, ...(mark ? { mark } : {}), waitSeconds: hold ? waitSeconds : 0 },
      timeoutMs: (hold ? waitSeconds + 10 : 10) * 1000,
      signal: stopped.signal,
    })
    if (outcome.kind !== 'aborted') way.polled(outcome.kind === 'answered')
    if (outcome.kind === 'answered') {
      failures = 0
      const { changes, cursor, restart } = outcome.value
      if (restart) {
        parts.serviceTime(outcome.value.serviceTime)
        await news.beginAgain()
        return 0
      }
      await news.standing(outcome.value, receipts)
      if (outcome.value.signedOut) giveUp(token)
      stands = true
      // A service that does not hold the question open must not be asked in a circle.
      if (changes.length === 0 && cursor === after) {
        const left = hold ? askedAt + shortestRoundMs - ports.clock.now() : 0
        // A clock that was put back meanwhile must not turn into a sleep of that length.
        return Math.min(shortestRoundMs, Math.max(0, left))
      }
      await news.changes(changes, cursor)
      return 0
    }
    if (outcome.kind === 'aborted') return 0
    if (outcome.kind === 'signInNeeded') return untilSignedIn
    if (outcome.kind !== 'busy') return afterFailure()
    failures += 1
    return outcome.retryAfterMs
  }

  function next(): Promise<number> | number {
    if (!session.current()) return untilSignedIn
    return follow && way.streams() ? stream(follow) : poll({ hold: stands && !way.probes() })
  }

  async function run() {
    while (!stopped.signal.aborted) {
      woken = false
      let milliseconds: number
      try {
        milliseconds = await next()
      } catch (error) {
        if (stopped.signal.aborted) return
        ports.log.error('sync.failed', { error: error instanceof Error ? error.name : typeof error })
        milliseconds = afterFailure()
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
