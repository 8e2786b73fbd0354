import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contenders/contender.ts'
import { nodeSqlite } from './contenders/node-sqlite.ts'
import { ourStore } from './contenders/our-store.ts'
import { pouchVersion } from './contenders/pouch.mjs'
import { pouchDocuments } from './contenders/pouch-documents.ts'
import { sqljsExport } from './contenders/sqljs-export.ts'
import { businessTransaction } from './support/business-rows.ts'
import { transactions } from './support/generate.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { type Line, publish } from './support/report.ts'
import { median, pairedRatio, percentile } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = 7
const full = 50_000
const small = 1_000
const burstSize = 1_000

interface Runner {
  contender: Contender
  commits: number
  next: number
  /** Per round, in microseconds. */
  p50: number[]
  p99: number[]
  perSecond: number[]
}

const folder = workplace('store')
const full50k = await ourStore('Counterfoil store, 50,000 jobs', `${folder}/ours`)
const small1k = await ourStore('Counterfoil store, 1,000 jobs', `${folder}/ours-small`)
const runners = {
  ours: runner(full50k, full, 400),
  sqlite: runner(nodeSqlite('node:sqlite, 50,000 jobs', `${folder}/sqlite`), full, 400),
  oursSmall: runner(small1k, small, 400),
  pouch: runner(pouchDocuments('PouchDB 9 on LevelDB, 50,000 jobs', `${folder}/pouch`), full, 200),
  sqljs: runner(await sqljsExport('sql.js, export per commit, 50,000 jobs', `${folder}/sqljs`), full, 3),
}
for (const { contender, next } of Object.values(runners)) await contender.fill(transactions(next - 1))
for (const one of Object.values(runners)) await serial(one, Math.min(one.commits, 100))
for (const one of Object.values(runners)) forget(one)

const around: Surroundings[] = []
const bursts: number[] = []
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  // Back and forth: whoever is measured first in one round is last in the next.
  const order = round % 2 === 0 ? Object.values(runners) : Object.values(runners).reverse()
  for (const one of order) {
    await pause(100)
    await serial(one, one.commits)
  }
  bursts.push(await burst(runners.ours))
}
const stall = await measureStall()

const { ours, sqlite, oursSmall, pouch, sqljs } = runners
const lines: Line[] = Object.values(runners).map(({ contender, p50, p99, perSecond }) => ({
  name: contender.name,
  durability: contender.durability,
  figures: { p50_us: median(p50), p99_us: median(p99), serial_per_s: median(perSecond) },
}))
lines.push({ name: `burst of ${burstSize} at once, 50,000 jobs`, figures: { serial_per_s: median(bursts) } })
lines.push({ name: 'caller while committing and snapshotting', figures: stall })
publish({
  name: 'store',
  what: 'durable commit of case row + outbox row + audit row, from the call to the answer',
  rounds,
  around,
  lines,
  ratios: {
    commit_p50_vs_sqlite: pairedRatio(ours.p50, sqlite.p50),
    commit_p99_vs_sqlite: pairedRatio(ours.p99, sqlite.p99),
    commit_50k_vs_1k: pairedRatio(ours.p50, oursSmall.p50),
    burst_vs_serial: pairedRatio(bursts, ours.perSecond),
    stall_p99_ms: stall.stall_p99_ms,
    commit_p50_vs_sqljs_export: pairedRatio(ours.p50, sqljs.p50),
    commit_p50_vs_pouchdb: pairedRatio(ours.p50, pouch.p50),
    commit_p99_vs_pouchdb: pairedRatio(ours.p99, pouch.p99),
  },
  budgets: [
    { key: 'commit_p50_vs_sqlite', limit: 1.5, must: 'stay below' },
    { key: 'commit_p99_vs_sqlite', limit: 2, must: 'stay below' },
    { key: 'commit_50k_vs_1k', limit: 1.2, must: 'stay below' },
    { key: 'burst_vs_serial', limit: 5, must: 'reach' },
    { key: 'stall_p99_ms', limit: 16, must: 'stay below' },
  ],
  versions: { pouchdb: pouchVersion },
})
for (const { contender } of Object.values(runners)) await contender.close()

function runner(contender: Contender, jobs: number, commits: number): Runner {
  return { contender, commits, next: jobs + 1, p50: [], p99: [], perSecond: [] }
}

function forget(one: Runner) {
  one.p50 = []
  one.p99 = []
  one.perSecond = []
}

/** One commit after the other; the rows are made beforehand. */
async function serial(one: Runner, commits: number) {
  const work = Array.from({ length: commits }, (_, index) => businessTransaction(one.next + index))
  one.next += commits
  const times: number[] = []
  const begun = performance.now()
  for (const writes of work) {
    const before = performance.now()
    await one.contender.commit(writes)
    times.push((performance.now() - before) * 1000)
  }
  one.perSecond.push((commits / (performance.now() - begun)) * 1000)
  one.p50.push(percentile(times, 0.5))
  one.p99.push(percentile(times, 0.99))
}

/** Commits per second when all are asked for at once. */
async function burst(one: Runner): Promise<number> {
  const work = Array.from({ length: burstSize }, (_, index) => businessTransaction(one.next + index))
  one.next += burstSize
  const begun = performance.now()
  await Promise.all(work.map((writes) => one.contender.commit(writes)))
  return (burstSize / (performance.now() - begun)) * 1000
}

/**
 * How long the caller's event loop stands still while transactions run one after the other and snapshots of the full
 * store are written, and what a commit then takes. The delay includes the millisecond between two looks.
 */
async function measureStall() {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const times: number[] = []
  let snapshots = 0
  const work = Array.from({ length: 20_000 }, (_, index) => businessTransaction(runners.ours.next + index))
  delay.enable()
  const until = performance.now() + 10_000
  let writing: Promise<void> | undefined
  while (performance.now() < until) {
    const before = performance.now()
    const writes = work[times.length]
    if (!writes) break
    await runners.ours.contender.commit(writes)
    times.push(performance.now() - before)
    writing ??= full50k.store.snapshotNow().then(async () => {
      snapshots += 1
      await pause(500)
      writing = undefined
    })
    await pause(2)
  }
  delay.disable()
  await writing
  return {
    stall_p99_ms: delay.percentile(99) / 1e6,
    stall_max_ms: delay.max / 1e6,
    commit_p50_ms: percentile(times, 0.5),
    commit_p99_ms: percentile(times, 0.99),
    commit_max_ms: Math.max(...times),
    snapshots,
  }
}
