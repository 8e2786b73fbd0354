import { z } from 'zod'
import type { Instant } from '../domain/calendar.ts'
import { assertNever } from '../domain/result.ts'
import { instantSchema } from '../domain/scalars.ts'
import { type Change, changeMark, changeSchema, orderEventCodes, orderViewSchema, subjectOf } from './changes.ts'
import { newerWords, wordPattern } from './newer-words.ts'

/*
 * Services are updated before the counters that read them. What a service of a newer version tells is either a change of a kind that
 * this version does not know, or one of a known kind with a word that this version's lists do not have. Neither stops the reading.
 */

/** A change that this version cannot read, or only in part; kept as it came until a newer version reads it. */
export interface NewerChange {
  kind: 'newer'
  sequence: number
  at: Instant
  /** The kind as the service names it. */
  of: string
  /** What it is about; undefined where nothing says so. */
  subject: string | undefined
  /** The case it concerns, where it says so. */
  caseId: string | undefined
  /** Where the words stand that are not known here, without positions in lists: `order.events.code`. */
  unknown: string[]
  /** What can be shown of it all the same: an order without the events that have no name here. */
  readable: Change | undefined
  /** The change as it came. */
  raw: unknown
}

export type ArrivedChange = Change | NewerChange

const kinds: ReadonlySet<string> = new Set(changeSchema.options.map(({ shape }) => shape.kind.value))

/** What every change has, whatever its kind. Kinds that came later than these four name what they are about, and hold all else in `body`. */
const envelopeSchema = z.object({
  sequence: z.int().positive(),
  at: instantSchema,
  kind: z.string().regex(wordPattern),
  subject: z.string().min(1).max(100).optional(),
  body: z
    .object({ caseId: z.uuid().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** Where a change of a known kind says what it is about. Nothing is wrong with it but words, so these are what they should be. */
function aboutOf(value: unknown): Pick<NewerChange, 'subject' | 'caseId'> {
  const change = value as {
    kind: Change['kind']
    order: { orderId: string; caseId: string }
    request: { requestId: string; caseId: string }
    ticket: { ticketId: string; caseId?: string }
  }
  switch (change.kind) {
    case 'order':
      return { subject: change.order.orderId, caseId: change.order.caseId }
    case 'approvalRequest':
      return { subject: change.request.requestId, caseId: change.request.caseId }
    case 'ticket':
      return { subject: change.ticket.ticketId, caseId: change.ticket.caseId }
    case 'rules':
      return { subject: undefined, caseId: undefined }
    default:
      return assertNever(change.kind)
  }
}

const eventCodes: ReadonlySet<unknown> = new Set(orderEventCodes)

/** An order without the events that this version has no name for; anything else as it is. */
function withoutNewerEvents(order: unknown): unknown {
  const { events } = (order ?? {}) as { events?: unknown }
  if (!Array.isArray(events)) return order
  const isNamed = (event: unknown) => {
    const { code } = (event ?? {}) as { code?: unknown }
    return typeof code !== 'string' || eventCodes.has(code) || !wordPattern.test(code)
  }
  return { ...(order as object), events: events.filter(isNamed) }
}

/** An order as the answer to a question of a counter: what was done stays done, whatever a newer service tells of it. */
export const orderAnswerSchema = z.codec(z.unknown(), orderViewSchema, {
  decode: (order) => withoutNewerEvents(order) as z.input<typeof orderViewSchema>,
  encode: (order) => order,
})

function readableOf(value: unknown): Change | undefined {
  const change = value as { kind: string; order: unknown }
  if (change.kind !== 'order') return undefined
  return changeSchema.safeParse({ ...change, order: withoutNewerEvents(change.order) }).data
}

/** Reads one change as it came. Fails on what no version of the protocol sends. */
function read(
  value: unknown,
): { ok: true; change: ArrivedChange } | { ok: false; issues: readonly z.core.$ZodIssue[] } {
  const known = changeSchema.safeParse(value)
  if (known.success) return { ok: true, change: known.data }
  const envelope = envelopeSchema.safeParse(value)
  if (!envelope.success) return { ok: false, issues: envelope.error.issues }
  const { sequence, at, kind, subject, body } = envelope.data
  const newer = { kind: 'newer', sequence, at, of: kind, raw: value } as const
  if (!kinds.has(kind)) {
    const change = { ...newer, subject, caseId: body?.caseId, unknown: ['kind'], readable: undefined }
    return { ok: true, change }
  }
  const words = newerWords(known.error, value)
  if (!words) return { ok: false, issues: known.error.issues }
  const unknown = [...new Set(words.map((path) => path.filter((step) => typeof step === 'string').join('.')))]
  return { ok: true, change: { ...newer, ...aboutOf(value), unknown, readable: readableOf(value) } }
}

/** A change of the feed as a reader takes it: in this version's words, or kept for a newer one. */
export const arrivedChangeSchema = z.unknown().transform((value, context): ArrivedChange => {
  const found = read(value)
  if (found.ok) return found.change
  for (const issue of found.issues) context.issues.push({ ...issue, input: value } as never)
  return z.NEVER
})

/** Names a change beyond its number, as `changeMark` does; undefined where nothing says what it is about. */
export function markOf(change: ArrivedChange): string | undefined {
  const subject = change.kind === 'newer' ? change.subject : subjectOf(change)
  return subject === undefined ? undefined : changeMark(change.at, subject)
}
