import { z } from 'zod'
import { instantSchema } from '../domain/scalars.ts'
import { type ArrivedChange, arrivedChangeSchema } from './arrived-changes.ts'
import { changeMark } from './changes.ts'

/**
 * `GET /v1/changes/stream?after=N&mark=M`: the same changes as server-sent events. `Last-Event-ID` takes the place of `after` and
 * `mark` when it is there. Events: `change` (its id is where to go on), `status` at the beginning and as a heartbeat, `restart` (the
 * cursor is from a time the service does not remember: read again from the beginning), `end` with the reason.
 */
export const changeStreamPath = '/v1/changes/stream'

export const changeStreamQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  mark: z.string().max(100).optional(),
})

export const streamStatusSchema = z.object({
  serviceTime: instantSchema,
  /** Jobs of the asking device this service has accepted, and how far their numbers go; see `changesAnswerSchema`. */
  acceptedJobs: z.int().nonnegative(),
  lastSequence: z.int().nonnegative().optional(),
  rulesSetDigest: z.string().optional(),
  /** The session asked with was ended, or its person put out. */
  signedOut: z.boolean().optional(),
  /** When the next of these is due: a stream that stays silent for much longer is dead. */
  nextInSeconds: z.number().positive().optional(),
})
export type StreamStatus = z.infer<typeof streamStatusSchema>

/** Why a stream was ended: its time is over, the device is no longer known, another stream of it began, the service closes. */
export const streamEnds = ['expired', 'deviceUnknown', 'replaced', 'closing', 'slow', 'trouble'] as const
export type StreamEnd = (typeof streamEnds)[number]

/** Where to go on after a change about something, as an event id. */
export function eventIdOf(change: { sequence: number; at: number }, subject: string): string {
  return `${change.sequence}/${changeMark(change.at, subject)}`
}

/** Cursor and mark of an event id; undefined when it is none of ours. */
export function cursorOfEventId(id: string): { after: number; mark: string } | undefined {
  const [, sequence, mark] = /^(\d{1,15})\/(.{1,100})$/.exec(id) ?? []
  return sequence === undefined || mark === undefined ? undefined : { after: Number(sequence), mark }
}

/** One event as it travels. Data is JSON and so holds no line break. */
export function eventText(event: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

export type StreamEvent =
  | { event: 'change'; change: ArrivedChange }
  | { event: 'status'; status: StreamStatus }
  | { event: 'restart' }
  | { event: 'end'; reason: StreamEnd | 'unknown' }

function eventOf(name: string, data: string): StreamEvent | undefined {
  const value: unknown = JSON.parse(data)
  switch (name) {
    case 'change':
      return { event: 'change', change: arrivedChangeSchema.parse(value) }
    case 'status':
      return { event: 'status', status: streamStatusSchema.parse(value) }
    case 'restart':
      return { event: 'restart' }
    case 'end': {
      const reason = z.object({ reason: z.enum(streamEnds) }).safeParse(value)
      return { event: 'end', reason: reason.success ? reason.data.reason : 'unknown' }
    }
    default:
      return undefined
  }
}

/** No event is nearly as long; whoever never ends one must not fill the reader's memory. */
const longestEvent = 4 * 1024 * 1024

/**
 * Reads server-sent events (HTML standard, 9.2.6) from text in any pieces; unknown events are left out. Throws when an event is not
 * what it should be: the stream cannot be trusted any more.
 */
export function createStreamReader(): (piece: string) => StreamEvent[] {
  let rest = ''
  return (piece) => {
    rest += piece
    const events: StreamEvent[] = []
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const fields = new Map(
        rest
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
      )
      rest = rest.slice(end + 2)
      const event = fields.has('data') ? eventOf(fields.get('event') ?? 'message', fields.get('data')!) : undefined
      if (event) events.push(event)
    }
    if (rest.length > longestEvent) throw new Error('an event without an end')
    return events
  }
}
