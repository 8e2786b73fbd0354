import {
  changeStreamPath,
  createStreamReader,
  type StreamEnd,
  type StreamEvent,
} from '../../../shared/protocol/change-stream.ts'
import type { Connection } from '../connection.ts'
import type { Ports, TransportAnswer } from '../ports.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { DeviceProof } from './device-proof.ts'
import { type FailedOutcome, failedOutcome } from './failed-answer.ts'

/** What came of following the stream of changes. */
export type FollowOutcome =
  /** It ran and is over; without a reason the line broke off. `aged`: it told how things stand more than once. */
  | { kind: 'over'; reason: StreamEnd | 'unknown' | undefined; aged: boolean }
  /** Nothing was heard, or nothing any more, although nobody hung up: the line is dead, or streams do not get through on it. */
  | { kind: 'unheard' }
  | { kind: 'offline' }
  | { kind: 'aborted' }
  | FailedOutcome

/** Follows the stream from a cursor on until it is over. */
export type FollowChanges = (request: {
  after: number
  mark: string | undefined
  /** Told what arrived together, in order; the next waits until it is dealt with. What it throws is thrown. */
  heard(events: StreamEvent[]): Promise<void>
  signal: AbortSignal
}) => Promise<FollowOutcome>

const route = 'changeStream'
/** The first word of a stream comes at once. Where it takes longer, something on the way gathers it. */
const firstWordMs = 8_000
/** Before the service has said how often it speaks. */
const usualSecondsBetween = 15
/** A line that was silent for so many times what is usual is dead. */
const patience = 1.7

/** What arrived is not in the protocol. */
class MalformedStream extends Error {}

function reader() {
  const read = createStreamReader()
  return (piece: string): StreamEvent[] => {
    try {
      return read(piece)
    } catch (cause) {
      throw new MalformedStream('not a stream of changes', { cause })
    }
  }
}

/** Creates what follows the stream; undefined on a line that carries whole answers only. */
export function createChangeFollower(parts: {
  ports: Pick<Ports, 'transport' | 'clock' | 'log'>
  proof: DeviceProof
  session: SessionKeeper
  connection: Connection
}): FollowChanges | undefined {
  const { ports, proof, session, connection } = parts
  const { transport } = ports
  if (!transport.follow) return undefined
  const follow = transport.follow.bind(transport)

  return async ({ after, mark, heard, signal }) => {
    const token = session.current()?.token
    if (!token) return { kind: 'signInNeeded', error: { code: 'auth.required' } }
    const dpop = await proof.sign({ method: 'GET', url: transport.baseUrl + changeStreamPath, token })
    const query = new URLSearchParams({ after: String(after), ...(mark ? { mark } : {}) })
    const read = reader()
    let words = 0
    let silenceMs = firstWordMs
    let reason: StreamEnd | 'unknown' | undefined
    const following = follow({
      path: `${changeStreamPath}?${query}`,
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache', dpop, authorization: `DPoP ${token}` },
      signal,
      silenceMs: () => silenceMs,
      async heard(piece) {
        const events = read(piece)
        if (events.length === 0) return
        connection.answered()
        for (const event of events) {
          if (event.event === 'end') reason = event.reason
          if (event.event !== 'status') continue
          words += 1
          silenceMs = (event.status.nextInSeconds ?? usualSecondsBetween) * patience * 1000
        }
        await heard(events)
      },
    })
    let answer: TransportAnswer
    try {
      answer = await following
    } catch (error) {
      if (!(error instanceof MalformedStream)) throw error
      ports.log.error('service.answerMalformed', { route, status: 200 })
      return { kind: 'broken', status: 200 }
    }
    const over = { kind: 'over', reason, aged: words > 1 } as const
    if (!answer.ok) {
      if (answer.reason === 'aborted') return { kind: 'aborted' }
      if (answer.reason === 'timeout') return { kind: 'unheard' }
      if (words > 0) return over
      connection.silent()
      return { kind: 'offline' }
    }
    connection.answered()
    const failed = failedOutcome(parts, { route, token }, answer)
    if (failed) return failed
    return words > 0 || reason !== undefined ? over : { kind: 'unheard' }
  }
}
