import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Intake } from '../intake/intake.ts'
import { sendFailure } from './failures.ts'

/** When new work is sent away until later. */
export interface AdmissionLimits {
  /** A delivery that would wait longer than this in a crowd is not let in: those let in keep being answered in time. */
  longestWaitMs: number
  /** Jobs that are a crowd. One counter on a slow machine is none. */
  crowd: number
  /** The event loop may run this much behind. */
  longestLagMs: number
  /** Jobs waiting, whatever their wait. */
  waitingJobs: number
  /** Deliveries of one device that may wait at the same time. */
  deliveriesOfDevice: number
}

export const admissionLimits: AdmissionLimits = {
  longestWaitMs: 750,
  crowd: 8,
  longestLagMs: 2_000,
  waitingJobs: 4_000,
  deliveriesOfDevice: 16,
}

const lagEveryMs = 100

/** Milliseconds the event loop runs behind; work that waits there has not even been seen by the intake. */
function watchLag(server: FastifyInstance): () => number {
  let due = performance.now() + lagEveryMs
  let last = 0
  const timer = setInterval(() => {
    const now = performance.now()
    last = Math.max(0, now - due)
    due = now + lagEveryMs
  }, lagEveryMs)
  timer.unref()
  server.addHook('onClose', async () => clearInterval(timer))
  return () => Math.max(last, performance.now() - due)
}

/** `429` with `Retry-After`: full seconds, scattered so that those sent away do not come back in the same instant. */
export function sendBusy(reply: FastifyReply, leastSeconds = 1): FastifyReply {
  const seconds = leastSeconds + Math.floor(Math.random() * 4)
  return sendFailure(
    reply.header('retry-after', String(seconds)),
    { code: 'connection.busy', params: { seconds } },
    429,
  )
}

/**
 * Sends deliveries away before anything is spent on them, not even checking a signature, while those already here wait too long.
 * Nothing is lost by it: the counter keeps its jobs and comes again.
 */
export function createAdmission(server: FastifyInstance, intake: Intake, limits: AdmissionLimits = admissionLimits) {
  const lag = watchLag(server)
  /** Seconds after which it may be worth coming again; undefined while there is room. */
  function pressedFor(): number | undefined {
    const { longestWaitMs, waitingJobs } = intake.pressure()
    const lagMs = lag()
    const crowded = waitingJobs >= limits.crowd && longestWaitMs > limits.longestWaitMs
    if (!crowded && lagMs <= limits.longestLagMs && waitingJobs <= limits.waitingJobs) return undefined
    return Math.ceil(Math.max(longestWaitMs, lagMs) / 1000)
  }

  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const isDelivery = request.method === 'POST' && request.routeOptions.url === '/v1/jobs'
    const seconds = isDelivery ? pressedFor() : undefined
    if (seconds === undefined) done()
    else sendBusy(reply, seconds)
  }
}
