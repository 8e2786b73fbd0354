import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { appendChange } from '../../service/src/changes/append-change.ts'
import { openDatabase } from '../../service/src/database/open-database.ts'
import { instant } from '../../src/shared/domain/calendar.ts'
import { organisationOf } from './support/bench-counter.ts'
import { startBenchService } from './support/bench-service.ts'
import { postgresDurability, startCluster } from './support/cluster.ts'
import type { GeneratorOrder, LoadFigures } from './support/load-generator.ts'
import { findPgbench, runPgbench } from './support/pgbench.ts'
import { plainTables } from './support/plain-statements.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { percentile } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

/** The size of it; smaller for whoever only wants to see it run. */
const streams = Number(process.env.BENCH_STREAMS ?? 5_000)
const counters = Number(process.env.BENCH_COUNTERS ?? 2_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 20)
/** 2,000 counters that think so long hand in about 300 jobs a second. */
const thinkMs = 6_600
const devicesPerStore = 50
const changes = 400

const folder = workplace('service')
const organisation = join(folder, 'organisation.json')
writeFileSync(organisation, JSON.stringify(organisationOf(Math.ceil(streams / devicesPerStore), devicesPerStore)))
const cluster = await startCluster(folder)
const url = await cluster.createDatabase('service')
const service = await startBenchService(url, folder, { organisation })
const generator = fork(join(import.meta.dirname, 'support/load-generator.ts'))
const origin = service.url
const around: Surroundings[] = [await quietMoment()]

const devices = Math.max(streams, counters)
const enrolBegun = performance.now()
await ask({ do: 'enrol', url: origin, devices, devicesPerStore })
const enrolledPerSecond = (devices / (performance.now() - enrolBegun)) * 1000

around.push(await quietMoment())
const paced = await ask<LoadFigures>({ do: 'load', counters, seconds, thinkMs })
around.push(await quietMoment())
const rush = await ask<LoadFigures>({ do: 'load', counters, seconds, thinkMs: 0 })
around.push(await quietMoment())
const beside = await besidePgbench()
const fanOut = await fanOutChanges()
await ask({ do: 'end' })
generator.disconnect()
await service.stop('SIGKILL')
await cluster.stop()

publish({
  name: 'service',
  what: `${counters} counters with the real protocol against one service process; ${streams} open streams`,
  rounds: 1,
  around,
  lines: [
    {
      name: `${counters} counters, one job every ${thinkMs / 1000} s each`,
      durability: `${postgresDurability}; checked, carried out once, receipted, audited in a chain, in the ledger`,
      figures: figuresOf(paced),
    },
    {
      name: `${counters} counters, each the next job as soon as it has a receipt`,
      durability: 'the same; sent away with 429 while those let in would wait too long',
      figures: figuresOf(rush),
    },
    { name: 'enrolment of a device', figures: { per_s: enrolledPerSecond } },
    ...(beside ? [{ name: 'idempotent insert + audit row, pgbench, 32 clients', figures: { per_s: beside } }] : []),
    {
      name: `a change told to ${devicesPerStore} streams of its store among ${fanOut.opened} open`,
      figures: {
        delivered: fanOut.delays.length,
        p50_ms: percentile(fanOut.delays, 0.5),
        p95_ms: percentile(fanOut.delays, 0.95),
        p99_ms: percentile(fanOut.delays, 0.99),
        errors: fanOut.missing,
      },
    },
    {
      name: 'memory of the service process: before the streams, and what each of them adds',
      figures: { resident_mb: fanOut.residentMb, kb_per_stream: fanOut.kbPerStream },
    },
  ],
  ratios: beside ? { rush_vs_pgbench: rush.accepted / rush.seconds / beside } : {},
  budgets: [],
  versions: { postgresql: '18', pgbench: findPgbench()?.version ?? 'none at hand' },
})

function figuresOf({
  accepted,
  seconds: took,
  latencies,
  busyLatencies,
  busy,
  reconnected,
  errors,
  lost,
}: LoadFigures) {
  return {
    per_s: accepted / took,
    p50_ms: percentile(latencies, 0.5),
    p95_ms: percentile(latencies, 0.95),
    p99_ms: percentile(latencies, 0.99),
    sent_away: busy,
    ...(busy > 0 ? { sent_away_p99_ms: percentile(busyLatencies, 0.99) } : {}),
    errors: Object.values(errors).reduce((sum, count) => sum + count, 0),
    ...(reconnected > 0 ? { reconnected } : {}),
    lost,
  }
}

function ask<T = object>(order: GeneratorOrder): Promise<T> {
  return new Promise((resolve, reject) => {
    generator.once('message', (message: { answer?: T; error?: string }) =>
      message.error === undefined ? resolve(message.answer!) : reject(new Error(message.error)),
    )
    generator.send(order)
  })
}

async function besidePgbench(): Promise<number | undefined> {
  const pgbench = findPgbench()
  if (!pgbench) return undefined
  const plain = await cluster.createDatabase('plain')
  const client = new pg.Client(plain)
  await client.connect()
  for (const table of plainTables) await client.query(table)
  await client.end()
  return runPgbench(pgbench.program, folder, { url: plain, clients: 32, seconds: 5, run: 0 })
}

/** Resident memory of the service process, in kilobytes; 0 where the system does not say. */
function residentKb(): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.process.pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Changes committed one after the other for stores in turn; each travels to every open stream of its store. */
async function fanOutChanges() {
  const before = residentKb()
  const { opened } = await ask<{ opened: number }>({ do: 'stream', streams })
  await pause(2_000)
  const kbPerStream = (residentKb() - before) / Math.max(1, opened)
  await ask({ do: 'streamed' })
  const writer = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  const stores = Math.floor(opened / devicesPerStore)
  let told = 0
  for (let index = 0; index < changes; index += 1) {
    await writer.db.transaction().execute((tx) =>
      // Its instant is that of the commit, give or take the commit itself.
      appendChange(tx, `S${index % stores}`, {
        at: instant(Date.now()),
        kind: 'rules',
        rules: { setDigest: index.toString(16).padStart(64, '0') },
      }),
    )
    told += devicesPerStore
    await pause(25)
  }
  await pause(2_000)
  const { delays } = await ask<{ delays: number[] }>({ do: 'streamed' })
  await writer.close()
  return { opened, delays, missing: told - delays.length, residentMb: before / 1024, kbPerStream }
}
