import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import {
  changeStreamPath,
  changeStreamQuerySchema,
  cursorOfEventId,
  eventText,
  type StreamEnd,
} from '../../../src/shared/protocol/change-stream.ts'
import type { IsSessionCut } from '../auth/cut-sessions.ts'
import type { FeedWatch } from '../changes/feed-watch.ts'
import { createChangeStreams } from '../changes/stream-changes.ts'
import type { ServiceContext } from '../service-context.ts'
import { sendBusy } from './admission.ts'
import { callingDevice, callingKey, tokenOf } from './authenticate.ts'

/** Streams of one process, and how long a reader that takes nothing is waited for. */
const limits = { streams: 10_000, slowMs: 10_000 } as const

/** Writes and waits for room; false when there was none for too long or the other side has gone. */
function outletTo(raw: ServerResponse, signal: AbortSignal) {
  return async (text: string): Promise<boolean> => {
    if (signal.aborted || raw.destroyed) return false
    if (raw.write(text)) return true
    return new Promise((resolve) => {
      const done = (room: boolean) => () => {
        clearTimeout(timer)
        raw.off('drain', drained)
        raw.off('close', closed)
        resolve(room)
      }
      const drained = done(true)
      const closed = done(false)
      const timer = setTimeout(closed, limits.slowMs)
      raw.once('drain', drained)
      raw.once('close', closed)
    })
  }
}

/**
 * Says why a stream ends. Whoever takes nothing would never let the connection end, and hold it with what is written for it: it is closed then,
 * at once when that is known already.
 */
function endStream(raw: ServerResponse, reason: StreamEnd): void {
  if (raw.destroyed) return
  raw.end(eventText('end', { reason }))
  const late = setTimeout(() => raw.destroy(), reason === 'slow' ? 0 : limits.slowMs)
  raw.once('close', () => clearTimeout(late))
}

/** The change feed as server-sent events. A device has one stream per process: a newer one ends the older. */
export function registerStreamRoutes(
  instance: FastifyInstance,
  context: ServiceContext,
  watch: FeedWatch,
  isSessionCut: IsSessionCut,
): void {
  const server = instance.withTypeProvider<ZodTypeProvider>()
  const stream = createChangeStreams(context, watch, isSessionCut)
  const open = new Map<string, () => void>()
  server.get(
    changeStreamPath,
    {
      exposeHeadRoute: false,
      schema: {
        description:
          'Changes of the store as server-sent events: change, status, restart, end. Resumes after Last-Event-ID.',
        querystring: changeStreamQuerySchema,
      },
    },
    async (request, reply) => {
      const device = callingDevice(request)
      const { deviceId } = device
      const lastId = request.headers['last-event-id']
      const asked = (typeof lastId === 'string' ? cursorOfEventId(lastId) : undefined) ?? request.query
      const older = open.get(deviceId)
      if (!older && open.size >= limits.streams) return sendBusy(reply, 5)
      older?.()
      const gone = new AbortController()
      let replaced = false
      const replace = () => {
        replaced = true
        gone.abort()
      }
      open.set(deviceId, replace)
      context.meters.streaming(open.size)
      const signal = AbortSignal.any([gone.signal, context.closing])
      const { raw } = reply
      raw.once('close', () => gone.abort())
      reply.hijack()
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // Proxies must not gather what has to arrive now.
        'x-accel-buffering': 'no',
      })
      raw.flushHeaders()
      let reason: StreamEnd
      try {
        const ended = await stream(
          { device, thumbprint: callingKey(request), token: tokenOf(request), ...asked },
          { write: outletTo(raw, signal), signal },
        )
        reason = replaced ? 'replaced' : ended
      } catch (error) {
        context.log.warn({ error: error instanceof Error ? error.name : typeof error }, 'stream broken off')
        reason = 'trouble'
      }
      if (open.get(deviceId) === replace) open.delete(deviceId)
      context.meters.streaming(open.size)
      endStream(raw, reason)
      return reply
    },
  )
}
