import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BreakerView } from '../connectors/breakers.ts'
import type { Overview } from './overview.ts'

/** What the service tells while it works. Labels are patterns, codes and systems; never a number, a name or an id. */
export interface Meters {
  answered(route: string, method: string, status: number, seconds: number): void
  asked(target: string, operation: string, outcome: string, seconds: number): void
  /** How many counters follow the change feed as a stream at this process. */
  streaming(streams: number): void
  /** How many connections counters and others hold to this process. */
  connected(connections: number): void
  /** A request met a database in trouble, which said so with this code. */
  troubled(code: string): void
}

export interface Metrics extends Meters {
  /** The whole set in Prometheus' text format; the pictures of the moment are taken for it. */
  expose(moment: { overview: Overview | undefined; breakers: readonly BreakerView[] }): Promise<string>
  contentType: string
}

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const breakerStates = ['closed', 'halfOpen', 'open'] as const

/** The port of a system without its province, so that 124 systems do not become 124 times every bucket. */
function portOf(target: string): string {
  return target.split(':').slice(0, 2).join(':')
}

/** Metrics of one process, with those of Node itself. */
export function createMetrics(): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register, prefix: 'counterfoil_' })
  const requests = new Histogram({
    name: 'counterfoil_request_seconds',
    help: 'Requests answered, by route and status',
    labelNames: ['route', 'method', 'status'],
    buckets: secondsBuckets,
    registers: [register],
  })
  const calls = new Histogram({
    name: 'counterfoil_outside_call_seconds',
    help: 'Calls to outside systems, by port, operation and outcome',
    labelNames: ['port', 'operation', 'outcome'],
    buckets: secondsBuckets,
    registers: [register],
  })
  const troubles = new Counter({
    name: 'counterfoil_outside_failures_total',
    help: 'Calls that were not answered or not understood, by system',
    labelNames: ['target', 'outcome'],
    registers: [register],
  })
  const databaseTroubles = new Counter({
    name: 'counterfoil_database_troubles_total',
    help: 'Requests sent away because the database was in trouble, by its code',
    labelNames: ['code'],
    registers: [register],
  })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `counterfoil_${name}`, help, labelNames, registers: [register] })
  const breakers = gauge('breaker_state', '1 for the state the breaker of a system is in', ['target', 'state'])
  const orders = gauge('orders', 'Orders by home province and stage', ['province', 'stage'])
  const oldest = gauge('oldest_open_order_seconds', 'Age of the oldest open order, by stage', ['stage'])
  const queued = gauge('queue_depth', 'Work waiting in the queue, by queue', ['queue'])
  const unsent = gauge('messages_unsent', 'Messages written down and not yet taken by the gateway')
  const gaps = gauge('job_gaps', 'Numbers of jobs that counters skipped and have not filled')
  const streams = gauge('change_streams', 'Counters that follow the change feed as a stream at this process')
  const connections = gauge('connections', 'Connections to this process, idle or not')
  const numbers = gauge('numbers', 'Numbers between two holders, by what is being done with them', ['renewal'])
  const refunds = gauge('refunds_on_their_way', 'Refunds handed to the payment provider and not final')
  const oldestRefund = gauge('oldest_refund_seconds', 'Age of the oldest of them')
  const clock = gauge('clock_ahead_seconds', 'How much the clock of this process is ahead of the database’s')
  const known = gauge('database_up', '1 while the database answers')
  return {
    contentType: register.contentType,
    answered: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    asked(target, operation, outcome, seconds) {
      calls.observe({ port: portOf(target), operation, outcome }, seconds)
      if (outcome === 'unavailable' || outcome === 'unexpected') troubles.inc({ target, outcome })
    },
    streaming: (open) => streams.set(open),
    connected: (open) => connections.set(open),
    troubled: (code) => databaseTroubles.inc({ code }),
    async expose({ overview, breakers: view }) {
      for (const one of [breakers, orders, oldest, queued, numbers]) one.reset()
      for (const { target, state } of view)
        for (const name of breakerStates) breakers.set({ target, state: name }, name === state ? 1 : 0)
      known.set(overview ? 1 : 0)
      if (overview) {
        for (const { province, stage, count } of overview.orders) orders.set({ province, stage }, count)
        for (const { stage, oldestSeconds } of overview.waiting) oldest.set({ stage }, oldestSeconds)
        for (const { queue, waiting } of overview.queues) queued.set({ queue }, waiting)
        unsent.set(overview.unsentMessages)
        for (const { renewal, count } of overview.numbers) numbers.set({ renewal }, count)
        refunds.set(overview.refundsOut.count)
        oldestRefund.set(overview.refundsOut.oldestSeconds)
        gaps.set(overview.jobGaps)
        clock.set(overview.clockAheadSeconds)
      }
      return register.metrics()
    },
  }
}
