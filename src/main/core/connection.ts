import type { ConnectionView } from '../../shared/contract/views.ts'
import { type Instant, instant } from '../../shared/domain/calendar.ts'
import type { Emitter } from './emitter.ts'
import type { Clock } from './ports.ts'
import type { SessionKeeper } from './session-keeper.ts'

/** Jobs that are not yet at the service, and those of them that need a person. */
export interface OutboxCounts {
  waitingJobs: number
  needsAttention: number
}

/** How the counter stands with the service, as the UI shows it. */
export interface Connection {
  view(): ConnectionView
  /** The service answered, whatever it said. */
  answered(): void
  /** Nothing came back. */
  silent(): void
  /** The outbox changed. */
  counted(counts: OutboxCounts): void
  /** Tells listeners if the state differs from what they were told last, or what they know of the last contact is old. */
  refresh(): void
}

/** The window shows how old the last contact is; it is told of a newer one at most this often. */
const contactNewsMs = 5_000

/** Creates the view; `silent` and `answered` come from the service client, `counted` from the outbox. */
export function createConnection(parts: { clock: Clock; session: () => SessionKeeper; events: Emitter }): Connection {
  let reachable: boolean | undefined
  let lastContactAt: Instant | undefined
  let counts: OutboxCounts = { waitingJobs: 0, needsAttention: 0 }
  let told = ''
  let toldContactAt = 0

  function view(): ConnectionView {
    const signedIn = parts.session().current() !== undefined
    const state = reachable === false ? 'offline' : signedIn ? 'online' : 'signInNeeded'
    return { state, lastContactAt, ...counts }
  }
  function refresh() {
    const payload = view()
    const now = `${payload.state} ${payload.waitingJobs} ${payload.needsAttention}`
    if (now === told && (lastContactAt ?? 0) - toldContactAt < contactNewsMs) return
    told = now
    toldContactAt = lastContactAt ?? 0
    parts.events.emit({ name: 'connection.changed', payload })
  }
  return {
    view,
    answered() {
      reachable = true
      lastContactAt = instant(parts.clock.now())
      refresh()
    },
    silent() {
      reachable = false
      refresh()
    },
    counted(next) {
      if (next.waitingJobs !== counts.waitingJobs || next.needsAttention !== counts.needsAttention) {
        counts = next
        parts.events.emit({ name: 'outbox.changed', payload: next })
      }
      refresh()
    },
    refresh,
  }
}
