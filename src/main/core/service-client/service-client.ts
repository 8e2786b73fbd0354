import type { z } from 'zod'
import { type Failure, fail, ok, type Result } from '../../../shared/domain/result.ts'
import { failureSchema } from '../../../shared/protocol/jobs.ts'
import { serviceRoutes } from '../../../shared/protocol/routes.ts'
import { uploadPartType } from '../../../shared/protocol/uploads.ts'
import type { Connection } from '../connection.ts'
import type { Ports, TransportAnswer } from '../ports.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { DeviceProof } from './device-proof.ts'

export type RouteName = keyof typeof serviceRoutes
type Answer<R extends RouteName> = z.output<(typeof serviceRoutes)[R]['answer']>

/** What came of one request. The outbox has to tell these apart; the counter only needs `call`. */
export type ServiceOutcome<T> =
  | { kind: 'answered'; value: T }
  | { kind: 'refused'; status: number; error: Failure }
  | { kind: 'busy'; retryAfterMs: number }
  | { kind: 'signInNeeded'; error: Failure }
  | { kind: 'offline' }
  | { kind: 'timeout' }
  | { kind: 'aborted' }
  /** The service answered something that is not in the protocol, or had an error of its own. */
  | { kind: 'broken'; status: number }

export interface ServiceRequest {
  params?: Record<string, string>
  query?: Record<string, string | number>
  body?: unknown
  /** The body as JSON, when the caller has it already. */
  bodyText?: string
  /** A body that is no JSON: a part of an upload. */
  bytes?: Uint8Array<ArrayBuffer>
  timeoutMs?: number
  signal?: AbortSignal
}

/** The central service as the counter sees it. */
export interface ServiceClient {
  exchange<R extends RouteName>(route: R, request: ServiceRequest): Promise<ServiceOutcome<Answer<R>>>
  /** The same with every outcome as a result: `connection.offline`, `connection.timeout`, `connection.busy` and so on. */
  call<R extends RouteName>(route: R, request: ServiceRequest): Promise<Result<Answer<R>>>
}

/** A clerk with a customer in front of them waits this long at most. */
export const onlineDeadlineMs = 10_000

const defaultRetryAfterMs = 5_000
const lostSignIn = new Set(['auth.expired', 'auth.required', 'auth.deviceUnknown'])
const withoutToken: ReadonlySet<RouteName> = new Set<RouteName>([
  'enrol',
  'signIn',
  // Rules belong to the counter, whoever is signed in.
  'ruleList',
  'packContents',
  'returnPacks',
])

/** Milliseconds asked for by `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (!header) return defaultRetryAfterMs
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? defaultRetryAfterMs : Math.max(0, date - now)
}

function pathOf(route: RouteName, request: ServiceRequest): string {
  return serviceRoutes[route].path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(request.params![name]!))
}

function bodyOf(text: string): unknown {
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

/** Creates the client over the transport; every answer also tells the connection how things stand. */
export function createServiceClient(parts: {
  ports: Pick<Ports, 'transport' | 'clock' | 'log'>
  proof: DeviceProof
  session: SessionKeeper
  connection: Connection
}): ServiceClient {
  const { ports, proof, session, connection } = parts

  function interpret<R extends RouteName>(
    route: R,
    answer: TransportAnswer & { ok: true },
    token: string | undefined,
  ): ServiceOutcome<Answer<R>> {
    const { status } = answer
    const failure = failureOf(bodyOf(answer.text))
    if (status === 429 || status === 503)
      return { kind: 'busy', retryAfterMs: retryAfterMs(answer.headers['retry-after'], ports.clock.now()) }
    if (status >= 200 && status < 300) {
      const parsed = serviceRoutes[route].answer.safeParse(bodyOf(answer.text))
      if (parsed.success) return { kind: 'answered', value: parsed.data as Answer<R> }
      ports.log.error('service.answerMalformed', {
        route,
        status,
        field: parsed.error.issues[0]?.path.join('.'),
      })
      return { kind: 'broken', status }
    }
    if (failure && token && status === 401 && lostSignIn.has(failure.code)) {
      session.lost(token)
      return { kind: 'signInNeeded', error: failure }
    }
    if (failure && status < 500) return { kind: 'refused', status, error: failure }
    if (failure?.code.startsWith('home.')) return { kind: 'refused', status, error: failure }
    ports.log.warn('service.failed', { route, status })
    return { kind: 'broken', status }
  }

  async function exchange<R extends RouteName>(route: R, request: ServiceRequest): Promise<ServiceOutcome<Answer<R>>> {
    const token = withoutToken.has(route) ? undefined : session.current()?.token
    if (!token && !withoutToken.has(route)) return { kind: 'signInNeeded', error: { code: 'auth.required' } }
    const { method } = serviceRoutes[route]
    const path = pathOf(route, request)
    const query = request.query ? `?${new URLSearchParams(mapToText(request.query))}` : ''
    const dpop = await proof.sign({
      method,
      url: `${ports.transport.baseUrl}${path}`,
      ...(token ? { token } : {}),
    })
    const body = request.bodyText ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
    const answer = await ports.transport.request({
      method,
      path: `${path}${query}`,
      headers: {
        accept: 'application/json',
        dpop,
        ...(token ? { authorization: `DPoP ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.bytes ? { 'content-type': uploadPartType } : {}),
      },
      ...(body === undefined ? {} : { body }),
      ...(request.bytes ? { bytes: request.bytes } : {}),
      timeoutMs: request.timeoutMs ?? onlineDeadlineMs,
      ...(request.signal ? { signal: request.signal } : {}),
    })
    if (!answer.ok) {
      if (answer.reason !== 'aborted') connection.silent()
      return { kind: answer.reason }
    }
    connection.answered()
    return interpret(route, answer, token)
  }

  return {
    exchange,
    async call(route, request) {
      return resultOf(await exchange(route, request))
    },
  }
}

function mapToText(query: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
}

function resultOf<T>(outcome: ServiceOutcome<T>): Result<T> {
  switch (outcome.kind) {
    case 'answered':
      return ok(outcome.value)
    case 'refused':
    case 'signInNeeded':
      return { ok: false, error: outcome.error }
    case 'busy':
      return fail('connection.busy', { params: { seconds: Math.ceil(outcome.retryAfterMs / 1000) } })
    case 'offline':
      return fail('connection.offline')
    case 'timeout':
    case 'aborted':
      return fail('connection.timeout')
    case 'broken':
      return fail('service.internal')
  }
}
