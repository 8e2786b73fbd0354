import type { z } from 'zod'
import type { Database } from '../database/handle.ts'
import type { Clock } from '../ports.ts'
import { isStorable } from '../storable.ts'
import type { Breakers } from './breakers.ts'
import { fileCall } from './call-log.ts'

/** How an outside system took a call: answered, refused for a business reason, not reachable, or answered nonsense. */
export type OutsideAnswer<T> =
  | { outcome: 'ok'; value: T }
  | { outcome: 'refused'; code: string; params: Record<string, string | number> }
  | { outcome: 'unavailable' | 'unexpected'; detail: string }

export interface OutsideCall<T> {
  /** Which system, e.g. `bss:CMCC:14`, `sms`, `face`. */
  target: string
  /** What is asked of it, e.g. `payments`; never with a number or a name in it. */
  operation: string
  url: string
  method: 'GET' | 'POST'
  body?: unknown
  /** Derived from what is done, never from when: the same key brings the same effect once. */
  key?: string | undefined
  /** Of a question: the id of what it asks about. */
  about?: string | undefined
  orderId?: string | undefined
  answer: z.ZodType<T>
}

export interface OutsidePorts {
  db: Database
  clock: Clock
  newId(): string
  timeoutMs: number
  breakers: Breakers
  /** Told of every call that was made. */
  asked(target: string, operation: string, outcome: string, seconds: number): void
}

/** Longer than any answer of the ports; the largest is an account with everything that hangs on it. */
const longestAnswerBytes = 4 * 1024 * 1024

/** The whole answer, unpacked; undefined when it is longer than any may be, however small it was packed: then no more of it is taken. */
async function readText(response: Response): Promise<string | undefined> {
  if (!response.body) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.byteLength
    if (bytes > longestAnswerBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

type Attempt<T> = { outcome: 'ok'; value: T } | { outcome: 'unavailable' | 'unexpected'; detail: string }

async function attempt<T>(ports: OutsidePorts, call: OutsideCall<T>): Promise<Attempt<T>> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  if (call.key) headers['idempotency-key'] = call.key
  let text: string
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: AbortSignal.timeout(ports.timeoutMs),
      redirect: 'error',
    })
    const read = await readText(response)
    if (!response.ok)
      return {
        outcome: response.status >= 500 || response.status === 429 ? 'unavailable' : 'unexpected',
        detail: `status ${response.status}`,
      }
    if (read === undefined) return { outcome: 'unexpected', detail: 'too long' }
    text = read
  } catch (error) {
    return { outcome: 'unavailable', detail: error instanceof Error ? error.name : 'unknown' }
  }
  try {
    const answer: unknown = JSON.parse(text)
    if (!isStorable(answer)) return { outcome: 'unexpected', detail: 'no text' }
    const parsed = call.answer.safeParse(answer)
    return parsed.success
      ? { outcome: 'ok', value: parsed.data }
      : { outcome: 'unexpected', detail: `answer differs at ${parsed.error.issues[0]?.path.join('.') ?? ''}` }
  } catch {
    return { outcome: 'unexpected', detail: 'not JSON' }
  }
}

function isRefusal(
  value: unknown,
): value is { result: 'refused'; code: string; params: Record<string, string | number> } {
  return typeof value === 'object' && value !== null && (value as { result?: unknown }).result === 'refused'
}

/**
 * One call to an outside system over HTTP and JSON with a deadline, written to the call log without personal data.
 * Never throws for what the other side does.
 */
export async function callOutside<T>(
  ports: OutsidePorts,
  call: OutsideCall<T>,
): Promise<OutsideAnswer<Exclude<T, { result: 'refused' }>>> {
  const startedAt = ports.clock.now()
  const began = performance.now()
  const result = await ports.breakers.through(call.target, () => attempt(ports, call))
  // Not asked at all, so there is nothing to file: the calls that led here are in the log.
  if (!result) return { outcome: 'unavailable', detail: 'given a rest' }
  const refusal = result.outcome === 'ok' && isRefusal(result.value) ? result.value : undefined
  await fileCall(ports, call, {
    started_at: startedAt,
    duration_ms: Math.round(performance.now() - began),
    outcome: refusal ? 'refused' : result.outcome,
    detail: refusal ? refusal.code : result.outcome === 'ok' ? null : result.detail,
  })
  ports.asked(call.target, call.operation, refusal ? 'refused' : result.outcome, (performance.now() - began) / 1000)
  if (refusal) return { outcome: 'refused', code: refusal.code, params: refusal.params }
  return result as OutsideAnswer<Exclude<T, { result: 'refused' }>>
}
