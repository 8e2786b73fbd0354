import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Port } from '../../service/src/connectors/ports/port.ts'
import { homeBssPort } from '../../service/src/connectors/ports/ports.ts'
import { idempotencyHeader } from '../../service/src/connectors/wire/common.ts'

/** What came back: status, text, and the body where it was JSON. */
export interface Reply {
  status: number
  text: string
  body: unknown
  milliseconds: number
}

/** A rule that does not hold: what was expected and what came, for whoever has to mend it. */
export class Nonconformity extends Error {}

export interface RawRequest {
  method?: string
  body?: string | undefined
  headers?: Record<string, string>
}

/** Talks to the system under test. Every request has a deadline; a request that is not answered is a nonconformity. */
export interface Conversation {
  raw(path: string, request: RawRequest): Promise<Reply>
  /** Calls an operation by its name; `parts` fill the path. The answer is parsed with the service's own schema. */
  call(operationId: string, request: unknown, options?: CallOptions): Promise<Answer>
}

export interface CallOptions {
  key?: string
  parts?: Record<string, string>
}

export interface Answer {
  reply: Reply
  /** The parsed answer: `result` is `ok` or `refused`. */
  value: Record<string, unknown> & { result: 'ok' | 'refused' }
}

/** Finds an operation of a port. */
export function operation(operationId: string, port: Port = homeBssPort) {
  const found = port.operations.find((candidate) => candidate.operationId === operationId)
  if (!found) throw new Error(`no operation ${operationId}`)
  return found
}

/** The path of an operation with its parts filled in. */
export function pathOf(operationId: string, parts: Record<string, string> = {}, port: Port = homeBssPort): string {
  return operation(operationId, port).path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(parts[name] ?? ''),
  )
}

const brief = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** Fails the check unless the condition holds. */
export function expect(condition: boolean, expected: string, got: unknown): asserts condition {
  if (!condition) throw new Nonconformity(`expected ${expected}; got ${brief(got)}`)
}

/** Fails the check unless both are equal in content. */
export function expectSame(one: unknown, other: unknown, what: string): void {
  expect(isDeepStrictEqual(one, other), `${what}: ${brief(one)}`, other)
}

/** Opens a conversation with the system at `address`; `deadlineMs` holds for each request. */
export function openConversation(address: string, deadlineMs: number, port: Port = homeBssPort): Conversation {
  const base = address.replace(/\/$/, '')
  const raw = async (path: string, request: RawRequest): Promise<Reply> => {
    const began = performance.now()
    try {
      const response = await fetch(`${base}${path}`, {
        method: request.method ?? 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: AbortSignal.timeout(deadlineMs),
        redirect: 'manual',
      })
      const text = await response.text()
      return { status: response.status, text, body: parse(text), milliseconds: performance.now() - began }
    } catch (error) {
      throw new Nonconformity(
        `${path}: no answer within ${deadlineMs} ms (${error instanceof Error ? error.name : error})`,
      )
    }
  }
  return {
    raw,
    call: async (operationId, request, options = {}) => {
      const { method, answer } = operation(operationId, port)
      const reply = await raw(pathOf(operationId, options.parts, port), {
        method,
        body: method === 'GET' ? undefined : JSON.stringify(request),
        headers: options.key ? { [idempotencyHeader]: options.key } : {},
      })
      expect(reply.status === 200, `${operationId}: status 200`, `${reply.status} ${reply.text}`)
      return { reply, value: checked(operationId, answer, reply) }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function checked(operationId: string, schema: z.ZodType, reply: Reply): Answer['value'] {
  const parsed = schema.safeParse(reply.body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new Nonconformity(
      `${operationId}: the answer does not fit its schema at "${issue.path.join('.')}": ${issue.message}; got ${brief(reply.text)}`,
    )
  }
  return parsed.data as Answer['value']
}

/** Fails unless the answer is a refusal with one of these codes. */
export function expectRefused(answer: Answer, ...codes: string[]): void {
  const { result, code } = answer.value
  expect(result === 'refused' && codes.includes(String(code)), `a refusal ${codes.join(' or ')}`, answer.value)
}

/** Fails unless the answer is ok; gives it back. */
export function expectOk(answer: Answer): Record<string, unknown> {
  expect(answer.value.result === 'ok', 'result ok', answer.value)
  return answer.value
}
