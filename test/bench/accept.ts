import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { codeOf, createBenchCounter, organisationOf } from './support/bench-counter.ts'
import { startBenchService } from './support/bench-service.ts'
import { postgresDurability, startCluster } from './support/cluster.ts'
import { findPgbench, runPgbench } from './support/pgbench.ts'
import { plainTables } from './support/plain-statements.ts'
import { queuedCase } from './support/queued-work.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { openRaw } from './support/raw-connection.ts'
import { publish } from './support/report.ts'
import { median, pairedRatio } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 7)
const connections = 32
const seconds = 4
/** Jobs prepared for each second of a phase, singly and in batches. */
const mostPerSecond = { singly: 8_000, inBatches: 36_000 } as const
/** Counters send what waits in batches; one payment per request is the dearest case and the one with a budget. */
const batches = [10, 50] as const
/** Of the service, on one port. Where service, database and load share two cores, a second process only makes the sets smaller. */
const processes = Number(process.env.BENCH_PROCESSES ?? 1)

const folder = workplace('accept')
const organisation = join(folder, 'organisation.json')
writeFileSync(organisation, JSON.stringify(organisationOf(connections)))
const cluster = await startCluster(folder)
const url = await cluster.createDatabase('accept')
const service = await startBenchService(url, folder, { organisation, processes })
const origin = service.url
const counters = await Promise.all(
  Array.from({ length: connections }, async (_, index) => {
    const counter = createBenchCounter(origin)
    const line = await openRaw(origin)
    const body = JSON.stringify({ enrolmentCode: codeOf(index), publicKey: counter.publicKey })
    const enrolled = await line.send(counter.request('POST', '/v1/devices', body))
    if (enrolled.status !== 200) throw new Error(enrolled.body)
    return { counter, line, jobs: [] as string[], ready: [] as Buffer[] }
  }),
)
const plainUrl = await cluster.createDatabase('plain')
const clients = await Promise.all(
  Array.from({ length: connections }, async () => {
    const client = new pg.Client(plainUrl)
    await client.connect()
    return client
  }),
)
for (const table of plainTables) await clients[0]!.query(table)
const pgbench = findPgbench()

const prepared = Array.from({ length: 500 }, (_, index) => queuedCase(index + 1).envelopes[0]!)
let next = 0
const numbers = Array.from({ length: connections }, () => 0)
const around: Surroundings[] = []
const accepted: number[] = []
const inBatches = new Map<number, number[]>(batches.map((size) => [size, []]))
const inserted: number[] = []
const benched: number[] = []
await accept(1, 1)
await phase(insertOne, 1)
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  if (round % 2 === 0) accepted.push(await accept(seconds, 1))
  inserted.push(await phase(insertOne, seconds))
  if (pgbench)
    benched.push(runPgbench(pgbench.program, folder, { url: plainUrl, clients: connections, seconds, run: round }))
  if (round % 2 === 1) accepted.push(await accept(seconds, 1))
  for (const [size, perSecond] of inBatches) perSecond.push(await accept(seconds / 2, size))
}
await Promise.all(clients.map((client) => client.end()))
for (const { line } of counters) line.end()
await service.stop(process.env.BENCH_PROFILE ? 'SIGTERM' : 'SIGKILL')
await cluster.stop()

publish({
  name: 'accept',
  what: `one payment per request, ${connections} counters of ${connections} stores at once, service processes: ${processes}`,
  rounds,
  around,
  lines: [
    {
      name: 'Counterfoil service over HTTP, requests signed beforehand',
      durability: `${postgresDurability}; checked, carried out once, receipted, audited in a chain`,
      figures: { per_s: median(accepted) },
    },
    ...[...inBatches].map(([size, perSecond]) => ({
      name: `the same with ${size} payments per request, as counters send what has waited`,
      figures: { per_s: median(perSecond) },
    })),
    {
      name: 'idempotent insert + audit row, Node driver',
      durability: `${postgresDurability}; four statements per transaction, prepared`,
      figures: { per_s: median(inserted) },
    },
    ...(pgbench
      ? [
          {
            name: 'idempotent insert + audit row, pgbench',
            durability: `${postgresDurability}; four statements per transaction, prepared, two threads`,
            figures: { per_s: median(benched) },
          },
        ]
      : []),
  ],
  // Without a pgbench at hand the same statements from the Node driver stand in for it.
  ratios: {
    accept_vs_pgbench: pairedRatio(accepted, pgbench ? benched : inserted),
    accept_vs_driver: pairedRatio(accepted, inserted),
    // Beside the same single inserts; never in the place of the ratio above.
    ...Object.fromEntries(
      [...inBatches].map(([size, perSecond]) => [
        `accept_batches_of_${size}_vs_pgbench`,
        pairedRatio(perSecond, pgbench ? benched : inserted),
      ]),
    ),
  },
  budgets: [{ key: 'accept_vs_pgbench', limit: 0.5, must: 'reach' }],
  versions: { postgresql: '18', pgbench: pgbench?.version ?? 'none at hand' },
})

/** Runs `one` on every connection, again and again; returns how many were done per second. */
async function phase(one: (connection: number) => Promise<void>, length: number): Promise<number> {
  const until = performance.now() + length * 1000
  const begun = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      while (performance.now() < until) {
        await one(connection)
        done += 1
      }
    }),
  )
  return (done / (performance.now() - begun)) * 1000
}

/** A payment that nobody has sent yet. */
function payment() {
  next += 1
  const { kind, lane, payload } = prepared[next % prepared.length]!
  return { kind, lane, payload: { ...payload, paymentId: uuidv7() } }
}

/**
 * Jobs accepted per second, so many of them in each request. Signing is the counters' work and is spread over 32 machines in life:
 * requests are signed before the phase begins, more than it can need. A phase that runs out of them is a mistake of the benchmark.
 */
async function accept(length: number, size: number): Promise<number> {
  const most = size === 1 ? mostPerSecond.singly : mostPerSecond.inBatches
  const enough = Math.ceil((most * length) / connections / size)
  for (const [index, { counter, jobs, ready }] of counters.entries()) {
    while (jobs.length < enough * size) {
      const { kind, lane, payload } = payment()
      jobs.push(counter.job(kind, payload, { lane, staffId: `S${index}` }))
    }
    ready.length = 0
    for (let from = 0; from + size <= jobs.length; from += size)
      ready.push(counter.request('POST', '/v1/jobs', `{"jobs":[${jobs.slice(from, from + size)}]}`))
  }
  return size * (await phase((connection) => sendOne(connection, size), length))
}

async function sendOne(connection: number, size: number): Promise<void> {
  const { line, jobs, ready } = counters[connection]!
  const request = ready.shift()
  jobs.splice(0, size)
  if (!request) throw new Error('no signed request left: raise mostPerSecond')
  const { status, body } = await line.send(request)
  if (status !== 200 || body.split('"outcome":"accepted"').length !== size + 1) throw new Error(body)
}

async function insertOne(connection: number): Promise<void> {
  const client = clients[connection]!
  const { kind, lane, payload } = payment()
  numbers[connection]! += 1
  const sequence = numbers[connection]!
  const hash = 'f'.repeat(64)
  await client.query('BEGIN')
  await client.query({
    name: 'job',
    text: 'INSERT INTO job VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
    values: [uuidv7(), `D${connection}`, sequence, lane, kind, JSON.stringify(payload), Date.now()],
  })
  await client.query({
    name: 'audit',
    text: 'INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    values: [`D${connection}`, sequence, Date.now(), 'S1', 'payment.taken', '{"amountFen":12800}', hash, hash],
  })
  await client.query('COMMIT')
}
