import type { Transport, TransportAnswer, TransportRequest } from '../../../src/main/core/ports.ts'
import type { Chance } from './chance.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/**
 * How a line is: `cut` answers nothing or says at once that nobody is there; `halfOpen` swallows requests; `deaf` lets requests
 * through and swallows the answers.
 */
export type LineState = 'up' | 'cut' | 'halfOpen' | 'deaf'

/** What an otherwise good line does to single requests; shares between 0 and 1. */
export interface LineNoise {
  losesRequest: number
  losesAnswer: number
  doubles: number
  /** So late that the asker has given up: the request arrives all the same. */
  delays: number
  /** A proxy on the way answers instead of the service: overloaded, broken, or not in the protocol. */
  interferes: number
}
export const quiet: LineNoise = { losesRequest: 0, losesAnswer: 0, doubles: 0, delays: 0, interferes: 0 }

/** What comes back from the service's end of the line; `gone` when there is no living process or it died on the way. */
export type FarEnd = (request: TransportRequest) => Promise<{ status: number; body: unknown } | 'gone'>

/** The line between one counter and the service. */
export interface Line {
  transport: Transport
  state: LineState
  noise: LineNoise
  /** Ends what the counter waits for: its machine has stopped. */
  hangUp(): void
  readonly counts: Record<'requests' | 'lost' | 'answersLost' | 'doubled' | 'late' | 'interfered', number>
}

const jsonAnswer = (status: number, body: unknown, headers: Record<string, string> = {}): TransportAnswer => ({
  ok: true,
  status,
  headers,
  text: JSON.stringify(body),
})

/**
 * Draws a line. Its far end is asked once per copy of a request that arrives. `slowness` is how many times longer than usual everything
 * takes on its way.
 */
export function createLine(
  name: string,
  parts: { scheduler: Scheduler; chance: Chance; trace: Trace; farEnd: FarEnd; slowness: number },
): Line {
  const { scheduler, chance, trace, farEnd, slowness } = parts
  const open = new Set<() => void>()
  const counts = { requests: 0, lost: 0, answersLost: 0, doubled: 0, late: 0, interfered: 0 }

  function interference(): TransportAnswer {
    counts.interfered += 1
    switch (chance.between(0, 3)) {
      case 0:
        return jsonAnswer(503, {}, chance.happens(0.7) ? { 'retry-after': String(chance.between(1, 20)) } : {})
      case 1:
        return { ok: true, status: 502, headers: {}, text: '<html>Bad gateway</html>' }
      case 2:
        return { ok: true, status: 200, headers: {}, text: '<html>Please sign in to the hotel network</html>' }
      default:
        return jsonAnswer(429, {}, { 'retry-after': '3' })
    }
  }

  async function arrive(request: TransportRequest, answer: (value: TransportAnswer) => void) {
    if (line.state === 'cut' || line.state === 'halfOpen') return
    const came = await farEnd(request)
    const isGone = came === 'gone'
    if (line.state !== 'up' || chance.happens(line.noise.losesAnswer)) {
      counts.answersLost += 1
      trace.note(name, 'answer lost', request.path.split('?')[0])
      return
    }
    if (isGone && chance.happens(0.5)) return
    scheduler.after(chance.wait(40) * slowness, () => {
      if (isGone) answer({ ok: false, reason: 'offline' })
      else answer(jsonAnswer(came.status, came.body))
    })
  }

  function send(request: TransportRequest, answer: (value: TransportAnswer) => void) {
    const { noise, state } = line
    if (state === 'cut' && chance.happens(0.6)) {
      scheduler.after(chance.wait(50), () => answer({ ok: false, reason: 'offline' }))
      return
    }
    if (state === 'cut' || state === 'halfOpen' || chance.happens(noise.losesRequest)) {
      counts.lost += 1
      return
    }
    if (chance.happens(noise.interferes)) {
      const value = interference()
      scheduler.after(chance.wait(60), () => answer(value))
      return
    }
    const late = chance.happens(noise.delays)
    if (late) counts.late += 1
    scheduler.after(late ? request.timeoutMs + chance.wait(20_000) : chance.wait(60) * slowness, () =>
      arrive(request, answer),
    )
    if (chance.happens(noise.doubles)) {
      counts.doubled += 1
      scheduler.after(chance.wait(chance.happens(0.3) ? 30_000 : 200), () => arrive(request, answer))
    }
  }

  const line: Line = {
    state: 'up',
    noise: quiet,
    counts,
    transport: {
      baseUrl: 'https://service.simulation',
      request: (request) =>
        new Promise((resolve) => {
          counts.requests += 1
          let waiting = true
          const finish = (value: TransportAnswer) => {
            if (!waiting) return
            forget()
            open.delete(forget)
            resolve(value)
          }
          const forget = () => {
            waiting = false
            stopWaiting()
            request.signal?.removeEventListener('abort', aborted)
          }
          const aborted = () => finish({ ok: false, reason: 'aborted' })
          const stopWaiting = scheduler.after(request.timeoutMs, () => finish({ ok: false, reason: 'timeout' }))
          open.add(forget)
          if (request.signal?.aborted) aborted()
          else {
            request.signal?.addEventListener('abort', aborted)
            send(request, finish)
          }
        }),
    },
    hangUp() {
      for (const forget of open) forget()
      open.clear()
    },
  }
  return line
}
