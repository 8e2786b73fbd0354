import type { z } from 'zod'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { serviceRoutes } from '../../../shared/protocol/routes.ts'
import { uploadPartType } from '../../../shared/protocol/uploads.ts'
import type { Connection } from '../connection.ts'
import type { Ports, TransportAnswer } from '../ports.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { DeviceProof } from './device-proof.ts'
import { bodyOf, type FailedOutcome, failedOutcome } from './failed-answer.ts'

export type RouteName = keyof typeof serviceRoutes
type Answer<R extends RouteName> = z.output<(typeof serviceRoutes)[R]['answer']>

/** What came of one request. The outbox has to tell these apart; the counter only needs `call`. */
export type ServiceOutcome<T> =
  | { kind: 'answered'; value: T }
  | FailedOutcome
  | { kind: 'offline' }
  | { kind: 'timeout' }
  | { kind: 'aborted' }

export interface ServiceRequest {
  params?: Record<string, string>
  query?: Record<string, string | number>
  body?: unknown
  /** The body as JSON in UTF-8, when the caller has it already. */
  jsonBytes?: Uint8Array<ArrayBuffer>
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

const withoutToken: ReadonlySet<RouteName> = new Set<RouteName>([
  'enrol',
  'signIn',
  // Rules belong to the counter, whoever is signed in.
  'ruleList',
  'packContents',
  'returnPacks',
])

function pathOf(route: RouteName, request: ServiceRequest): string {
  return serviceRoutes[route].path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(request.params![name]!))
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
    const failed = failedOutcome(parts, { route, token }, answer)
    if (failed) return failed
    const parsed = serviceRoutes[route].answer.safeParse(bodyOf(answer.text))
    if (parsed.success) return { kind: 'answered', value: parsed.data as Answer<R> }
    ports.log.error('service.answerMalformed', {
      route,
      status: answer.status,
      field: parsed.error.issues[0]?.path.join('.'),
    })
    return { kind: 'broken', status: answer.status }
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
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const bytes = request.jsonBytes ?? request.bytes
    const answer = await ports.transport.request({
      method,
      path: `${path}${query}`,
      headers: {
        accept: 'application/json',
        dpop,
        ...(token ? { authorization: `DPoP ${token}` } : {}),
        ...(body === undefined && !request.jsonBytes ? {} : { 'content-type': 'application/json' }),
        ...(request.bytes ? { 'content-type': uploadPartType } : {}),
      },
      ...(body === undefined ? {} : { body }),
      ...(bytes ? { bytes } : {}),
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
