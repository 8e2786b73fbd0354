import type { Failure } from '../../../shared/domain/result.ts'
import { failureSchema } from '../../../shared/protocol/jobs.ts'
import type { Ports, TransportAnswer } from '../ports.ts'
import type { SessionKeeper } from '../session-keeper.ts'

/** An answer that is no success, as the counter acts on it. */
export type FailedOutcome =
  | { kind: 'refused'; status: number; error: Failure }
  | { kind: 'busy'; retryAfterMs: number }
  | { kind: 'signInNeeded'; error: Failure }
  /** The service answered something that is not in the protocol, or had an error of its own. */
  | { kind: 'broken'; status: number }

const defaultRetryAfterMs = 5_000
const lostSignIn = new Set(['auth.expired', 'auth.required', 'auth.deviceUnknown'])

/** Milliseconds asked for by `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (!header) return defaultRetryAfterMs
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? defaultRetryAfterMs : Math.max(0, date - now)
}

/** JSON of a body; undefined when it is none. */
export function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failureOf(body: unknown): Failure | undefined {
  const parsed = failureSchema.safeParse((body as { error?: unknown } | null | undefined)?.error)
  if (!parsed.success) return undefined
  const { code, field, params } = parsed.data
  return { code, ...(field === undefined ? {} : { field }), ...(params === undefined ? {} : { params }) }
}

/** What an answer says that is no success; undefined for a success. A token the service does not know any more is given up. */
export function failedOutcome(
  parts: { ports: Pick<Ports, 'clock' | 'log'>; session: SessionKeeper },
  asked: { route: string; token: string | undefined },
  answer: TransportAnswer & { ok: true },
): FailedOutcome | undefined {
  const { ports, session } = parts
  const { route, token } = asked
  const { status } = answer
  if (status === 429 || status === 503)
    return { kind: 'busy', retryAfterMs: retryAfterMs(answer.headers['retry-after'], ports.clock.now()) }
  if (status >= 200 && status < 300) return undefined
  const failure = failureOf(bodyOf(answer.text))
  if (failure && token && status === 401 && lostSignIn.has(failure.code)) {
    session.lost(token)
    return { kind: 'signInNeeded', error: failure }
  }
  if (failure && status < 500) return { kind: 'refused', status, error: failure }
  if (failure?.code.startsWith('home.')) return { kind: 'refused', status, error: failure }
  ports.log.warn('service.failed', { route, status })
  return { kind: 'broken', status }
}
