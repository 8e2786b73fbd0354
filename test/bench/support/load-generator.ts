import { setTimeout as pause } from 'node:timers/promises'
import { type BenchCounter, codeOf, createBenchCounter } from './bench-counter.ts'
import { queuedCase, uniquePayment } from './queued-work.ts'
import { openRaw, openStream, type RawConnection } from './raw-connection.ts'

/**
 * Thousands of counters in a process of their own, with the real protocol: enrolment, signed requests, jobs, change streams. It does
 * what its parent sends and answers with figures.
 */
export type GeneratorOrder =
  | { do: 'enrol'; url: string; devices: number; devicesPerStore: number }
  | { do: 'load'; counters: number; seconds: number; thinkMs: number }
  | { do: 'stream'; streams: number }
  | { do: 'streamed' }
  | { do: 'end' }

export interface LoadFigures {
  accepted: number
  seconds: number
  /** Milliseconds from sending a job until its receipt, of the request that brought it. */
  latencies: number[]
  /** Milliseconds until somebody was sent away. */
  busyLatencies: number[]
  busy: number
  /** Connections that had to be opened anew: the service hangs up on those that were idle for more than a minute. */
  reconnected: number
  errors: Record<string, number>
  /** Jobs without a receipt at the end, after everybody came again. */
  lost: number
}

interface Simulated {
  counter: BenchCounter
  line: RawConnection
  staffId: string
  close?: () => void
}

const payments = Array.from({ length: 500 }, (_, index) => queuedCase(index + 1).envelopes[0]!)
const simulated: Simulated[] = []
const delays: number[] = []
let streamErrors = 0
let origin = ''

async function enrol(order: GeneratorOrder & { do: 'enrol' }) {
  origin = order.url
  let next = 0
  async function some() {
    while (next < order.devices) {
      const index = next
      next += 1
      const counter = createBenchCounter(origin)
      const line = await openRaw(origin)
      const body = JSON.stringify({ enrolmentCode: codeOf(index), publicKey: counter.publicKey })
      const answer = await line.send(counter.request('POST', '/v1/devices', body))
      if (answer.status !== 200) throw new Error(answer.body)
      simulated[index] = { counter, line, staffId: `S${Math.floor(index / order.devicesPerStore)}` }
    }
  }
  await Promise.all(Array.from({ length: 16 }, some))
  return { enrolled: simulated.length }
}

async function load({ counters, seconds, thinkMs }: GeneratorOrder & { do: 'load' }): Promise<LoadFigures> {
  const figures: LoadFigures = {
    accepted: 0,
    seconds: 0,
    latencies: [],
    busyLatencies: [],
    busy: 0,
    reconnected: 0,
    errors: {},
    lost: 0,
  }
  const begun = performance.now()
  const until = begun + seconds * 1000
  await Promise.all(
    simulated.slice(0, counters).map(async (one, index) => {
      const { counter, staffId } = one
      // Not all in the same instant.
      await pause(Math.random() * Math.min(thinkMs, seconds * 500))
      let round = 0
      while (performance.now() < until) {
        const { kind, lane, payload } = uniquePayment(payments[(index + round) % payments.length]!)
        round += 1
        const job = counter.job(kind, payload, { lane, staffId })
        let tries = 0
        for (;;) {
          const request = counter.request('POST', '/v1/jobs', `{"jobs":[${job}]}`)
          const sent = performance.now()
          const answer = await one.line.send(request).catch(() => undefined)
          if (!answer) {
            figures.reconnected += 1
            one.line = await openRaw(origin)
            continue
          }
          const { status, body, retryAfter } = answer
          const took = performance.now() - sent
          if (status === 200 && body.includes('"outcome":"accepted"')) {
            figures.accepted += 1
            figures.latencies.push(took)
            break
          }
          tries += 1
          if (status === 429 || status === 503) {
            figures.busy += 1
            figures.busyLatencies.push(took)
          } else figures.errors[String(status)] = (figures.errors[String(status)] ?? 0) + 1
          if (tries >= 60) {
            figures.lost += 1
            break
          }
          await pause((retryAfter ?? 1) * 1000 * (0.75 + Math.random() / 2))
        }
        if (thinkMs > 0) await pause(thinkMs * (0.5 + Math.random()))
      }
    }),
  )
  figures.seconds = (performance.now() - begun) / 1000
  return figures
}

async function stream({ streams }: GeneratorOrder & { do: 'stream' }) {
  let opened = 0
  let next = 0
  async function some() {
    while (next < streams) {
      const one = simulated[next]!
      next += 1
      try {
        one.close = await openStream(origin, one.counter.request('GET', '/v1/changes/stream?after=0'), (text) => {
          const now = Date.now()
          for (const [, at] of text.matchAll(/"at":(\d+)/g)) delays.push(now - Number(at))
        })
        opened += 1
      } catch {
        streamErrors += 1
      }
    }
  }
  await Promise.all(Array.from({ length: 32 }, some))
  return { opened, streamErrors }
}

async function carryOut(order: GeneratorOrder): Promise<unknown> {
  switch (order.do) {
    case 'enrol':
      return enrol(order)
    case 'load':
      return load(order)
    case 'stream':
      return stream(order)
    case 'streamed':
      return { delays: delays.splice(0) }
    case 'end':
      for (const { line, close } of simulated) {
        line.end()
        close?.()
      }
      return {}
  }
}

process.on('message', (order: GeneratorOrder) => {
  carryOut(order).then(
    (answer) => process.send!({ answer }),
    (error: Error) => process.send!({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
