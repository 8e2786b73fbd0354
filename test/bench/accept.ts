import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { startChild } from '../../scripts/support/child.ts'
import { createCounterClient } from '../support/counter-client.ts'
import { postgresDurability, startCluster } from './support/cluster.ts'
import { queuedCase } from './support/queued-work.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, pairedRatio } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = 7
const connections = 32
const seconds = 4

const folder = workplace('accept')
const organisation = join(folder, 'organisation.json')
writeFileSync(
  organisation,
  JSON.stringify({ stores: Array.from({ length: connections }, (_, index) => storeOf(index)) }),
)
const cluster = await startCluster(folder)
const url = await cluster.createDatabase('accept')
const service = startChild(
  process.execPath,
  [join(import.meta.dirname, 'support/service-process.ts'), url, organisation],
  join(folder, 'service.log'),
)
const counters = await Promise.all(
  Array.from({ length: connections }, async (_, index) => {
    const counter = await createCounterClient(String((await service.ready).url))
    const enrolled = await counter.enrol(`CODE-${index}-BENCH`)
    if (!enrolled.ok) throw new Error(enrolled.error.code)
    const signedIn = await counter.signIn(`S${index}`, 'bench-password')
    if (!signedIn.ok) throw new Error(signedIn.error.code)
    return counter
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
await clients[0]!.query(`CREATE TABLE job (id uuid primary key, device_id text not null, sequence bigint not null, lane uuid not null,
  kind text not null, body text not null, received_at bigint not null, unique (device_id, sequence))`)
await clients[0]!.query(`CREATE TABLE audit (chain text not null, sequence bigint not null, at bigint not null, actor text not null,
  action text not null, details text not null, previous_hash text not null, hash text not null, primary key (chain, sequence))`)

const prepared = Array.from({ length: 500 }, (_, index) => queuedCase(index + 1).envelopes[0]!)
let next = 0
const numbers = Array.from({ length: connections }, () => 0)
const around: Surroundings[] = []
const accepted: number[] = []
const inserted: number[] = []
await phase(sendOne, 1)
await phase(insertOne, 1)
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  if (round % 2 === 0) accepted.push(await phase(sendOne, seconds))
  inserted.push(await phase(insertOne, seconds))
  if (round % 2 === 1) accepted.push(await phase(sendOne, seconds))
}
await Promise.all(clients.map((client) => client.end()))
await service.stop('SIGKILL')
await cluster.stop()

publish({
  name: 'accept',
  what: `one payment per request, ${connections} counters of ${connections} stores at once`,
  rounds,
  around,
  lines: [
    {
      name: 'Counterfoil service over HTTP, signed requests',
      durability: `${postgresDurability}; checked, carried out once, receipted, audited in a chain`,
      figures: { per_s: median(accepted) },
    },
    {
      name: 'idempotent insert + audit row, like pgbench',
      durability: `${postgresDurability}; four statements per transaction from the Node driver, because no pgbench is at hand`,
      figures: { per_s: median(inserted) },
    },
  ],
  ratios: { accept_vs_pgbench: pairedRatio(accepted, inserted) },
  budgets: [{ key: 'accept_vs_pgbench', limit: 0.5, must: 'reach' }],
  versions: { postgresql: '18' },
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

async function sendOne(connection: number): Promise<void> {
  const counter = counters[connection]!
  const { kind, lane, payload } = payment()
  const [result] = await counter.sendJobs([
    counter.job(kind as 'payment.take', payload, { lane, staffId: `S${connection}` }),
  ])
  if (result?.outcome !== 'accepted') throw new Error(JSON.stringify(result))
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

function storeOf(index: number) {
  return {
    storeId: `S${index}`,
    name: `S${index}`,
    province: '44',
    devices: [{ deviceId: `D${index}`, name: `D${index}`, enrolmentCodes: [`CODE-${index}-BENCH`] }],
    staff: [{ staffId: `S${index}`, name: `S${index}`, role: 'clerk', password: 'bench-password' }],
  }
}
