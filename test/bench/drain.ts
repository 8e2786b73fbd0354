import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from '../../scripts/support/child.ts'
import type { App } from '../../src/main/core/app.ts'
import { ourStore } from './contenders/our-store.ts'
import { openPouch, pouchVersion, replicate } from './contenders/pouch.mjs'
import { startBenchService } from './support/bench-service.ts'
import { postgresDurability, startCluster } from './support/cluster.ts'
import { ask, startCounter } from './support/counter.ts'
import { queuedCase } from './support/queued-work.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, percentile } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const jobs = Number(process.env.BENCH_JOBS ?? 10_000)

const folder = workplace('drain')
const cluster = await startCluster(folder)
const queued = Array.from({ length: jobs / 2 }, (_, index) => queuedCase(index + 1))
const drains = {
  ours: {
    name: 'Counterfoil → its service on PostgreSQL',
    drain: async (round: number) => (await drainOurs(round)).milliseconds,
    perSecond: [] as number[],
  },
  pouch: {
    name: 'PouchDB 9 → express-pouchdb, default batches of 100',
    drain: () => drainPouch(100),
    perSecond: [] as number[],
  },
  pouchLarge: {
    name: 'PouchDB 9 → express-pouchdb, batches of 1,000',
    drain: () => drainPouch(1000),
    perSecond: [] as number[],
  },
}
const around: Surroundings[] = []
let drained = 0
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  const order = round % 2 === 0 ? Object.values(drains) : Object.values(drains).reverse()
  for (const one of order) one.perSecond.push((jobs / (await one.drain(round))) * 1000)
}
const felt = await drainOurs(rounds, true)
await cluster.stop()

const { ours, pouch, pouchLarge } = drains
const better = rounds > 0 && median(pouchLarge.perSecond) > median(pouch.perSecond) ? pouchLarge : pouch
publish({
  name: 'drain',
  what: `${jobs} queued jobs (payments and signed forms of ${jobs / 2} cases) to the other side, until every receipt is applied`,
  rounds,
  around,
  lines: [
    {
      name: ours.name,
      durability: `counter: receipts on disk (fdatasync); service: ${postgresDurability}, every job checked, carried out once, receipted and audited`,
      figures: { jobs_per_s: median(ours.perSecond), least_per_s: Math.min(...ours.perSecond) },
    },
    {
      name: 'the same once more, a clerk opening one case after the other meanwhile',
      figures: {
        jobs_per_s: (jobs / felt.milliseconds) * 1000,
        case_p50_ms: percentile(felt.views, 0.5),
        case_p99_ms: percentile(felt.views, 0.99),
        loop_p99_ms: felt.loopP99Ms,
      },
    },
    ...[pouch, pouchLarge].map(({ name, perSecond }) => ({
      name,
      durability:
        'LevelDB on both sides, handed to the operating system, not synced; documents are copied, nothing is checked or carried out',
      figures: { jobs_per_s: median(perSecond), least_per_s: Math.min(...perSecond) },
    })),
  ],
  ratios: {
    drain_vs_pouchdb: median(ours.perSecond.map((rate, round) => rate / better.perSecond[round]!)),
    loop_p99_ms: felt.loopP99Ms,
    drain_vs_pouchdb_default: median(ours.perSecond.map((rate, round) => rate / pouch.perSecond[round]!)),
  },
  budgets: [
    { key: 'drain_vs_pouchdb', limit: 3, must: 'reach' },
    { key: 'loop_p99_ms', limit: 16, must: 'stay below' },
  ],
  versions: { pouchdb: pouchVersion, postgresql: '18' },
})

/** Opens one case after the other until it is told that it is enough; returns how long each took, in milliseconds. */
async function openCases(app: App, enough: () => boolean): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; !enough(); n += 1) {
    const before = performance.now()
    await ask(app, 'case.view', { caseId: queued[(n * 37) % queued.length]!.envelopes[0]!.lane })
    took.push(performance.now() - before)
    await pause(20)
  }
  return took
}

/**
 * From sign-in, when the queue may go, until no job waits any more at a real counter; how far its event loop was behind meanwhile, with
 * the millisecond between two looks; and how long a clerk waited who opened cases, if one did.
 */
async function drainOurs(
  round: number,
  withClerk = false,
): Promise<{ milliseconds: number; loopP99Ms: number; views: number[] }> {
  const place = join(folder, `ours-${round}`)
  const store = await ourStore('', join(place, 'store'))
  await store.fill(queued.map(({ writes }) => writes))
  await store.commit([{ sql: "INSERT INTO meta (name, value) VALUES ('lastJobSequence', ?)", params: [String(jobs)] }])
  await store.close()
  const url = await cluster.createDatabase(`drain_${round}`)
  const service = await startBenchService(url, folder)
  const app = await startCounter(place, service.url)
  try {
    await ask(app, 'device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
    const emptied = new Promise<number>((resolve, reject) => {
      app.on((event) => {
        if (event.name !== 'outbox.changed') return
        if (event.payload.waitingJobs === 0) resolve(performance.now())
        if (event.payload.needsAttention > 0) reject(new Error('the service refused a job'))
      })
    })
    const started = new Promise<number>((resolve) => {
      app.on((event) => {
        if (event.name === 'session.changed' && event.payload.signedIn) resolve(performance.now())
      })
    })
    await ask(app, 'session.signIn', { staffId: '100217', password: 'counter-trial-217' })
    const begun = await started
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let isEmpty = false
    const clerk = withClerk ? openCases(app, () => isEmpty) : Promise.resolve([])
    const ended = await emptied
    isEmpty = true
    delay.disable()
    return { milliseconds: ended - begun, loopP99Ms: delay.percentile(99) / 1e6, views: await clerk }
  } catch (error) {
    const { jobs: waiting } = await ask<{ jobs: { lastError?: object }[] }>(app, 'outbox.list')
    throw new Error(JSON.stringify(waiting.find((job) => job.lastError)?.lastError), { cause: error })
  } finally {
    await app.close()
    // Nothing of this service is looked at any more, so it need not end politely.
    await service.stop('SIGKILL')
    rmSync(place, { recursive: true, force: true })
  }
}

/** Milliseconds until the replication of the same jobs has written its checkpoint on both sides. */
async function drainPouch(batchSize: number): Promise<number> {
  drained += 1
  const place = join(folder, `pouch-${drained}`)
  for (const side of ['counter', 'server']) mkdirSync(join(place, side), { recursive: true })
  const counter = openPouch(join(place, 'counter/outbox'))
  await counter.bulkDocs(queued.flatMap(({ envelopes }) => envelopes.map((job) => ({ _id: job.id, ...job }))))
  const server = startChild(
    process.execPath,
    [join(import.meta.dirname, 'contenders/pouch-server.mjs'), join(place, 'server')],
    join(folder, 'pouch-server.log'),
  )
  try {
    const central = openPouch(`${(await server.ready).url}/jobs`)
    await central.info()
    const before = performance.now()
    const result = await replicate(counter, central, { batch_size: batchSize })
    const milliseconds = performance.now() - before
    if (result.docs_written !== jobs) throw new Error(`${result.docs_written} documents arrived`)
    return milliseconds
  } finally {
    await counter.close()
    await server.stop()
    rmSync(place, { recursive: true, force: true })
  }
}
