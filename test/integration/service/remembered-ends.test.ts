import { fileURLToPath } from 'node:url'
import { type CompiledQuery, sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import type { Database } from '../../../service/src/database/handle.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { checkPayload } from '../../../service/src/intake/check-payload.ts'
import type { SetDelivery } from '../../../service/src/intake/delivery.ts'
import { type BatchStep, planBatch } from '../../../service/src/intake/plan-batch.ts'
import { readJob } from '../../../service/src/intake/read-job.ts'
import { createRememberedEnds, type RememberedEnds } from '../../../service/src/intake/remembered-ends.ts'
import { takeAtOnce } from '../../../service/src/intake/take-at-once.ts'
import { loadSegments } from '../../../service/src/numbers/load-segments.ts'
import { importOrganisation } from '../../../service/src/seed/import-organisation.ts'
import { organisationFileSchema } from '../../../service/src/seed/organisation-file.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'

/**
 * A process remembers how it left devices and chains and writes the next set by that, without looking. Whatever anybody else did
 * since must show itself, and nothing of the memory may ever become an answer or a row.
 */
const resource = (path: string) => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url))
const clock = { now: () => instant(1_795_000_000_000) }
let database: OpenDatabase
let segments: ServiceContext['segments']
let number: { msisdn: string; homeProvince: string }
let ends: RememberedEnds
let statements = 0
let used = 0

beforeAll(async () => {
  database = await openDatabase({ kind: 'memory' })
  const store = (storeId: string) => ({
    storeId,
    name: storeId,
    province: '44',
    devices: [{ deviceId: `D of ${storeId}`, name: '1' }],
    staff: [{ staffId: `P of ${storeId}`, name: 'P', role: 'clerk', password: 'only for this test' }],
  })
  const stores = [store('S'), store('T')]
  await importOrganisation(database.db, clock, organisationFileSchema.parse({ stores }))
  await sql`update device set thumbprint = 'the key' where device_id = 'D of S'`.execute(database.db)
  await sql`insert into audit_chain select store_id, 0, repeat('0', 64) from store`.execute(database.db)
  segments = await loadSegments({
    prefixes: resource('segments/prefixes.json'),
    provinces: resource('segments/provinces.csv'),
  } as never)
  const [segment, homeProvince] = [...segments.provinces].find(([, one]) => one !== '44')!
  number = { msisdn: `${segment}0001`, homeProvince }
})
afterAll(() => database.close())

const check: Parameters<typeof planBatch>[1] = (envelope, kind) =>
  checkPayload({ segments } as unknown as ServiceContext, envelope, kind)

function delivery(sequence = used + 1): SetDelivery {
  const caseId = uuidv7()
  const payload = {
    ...{
      paymentId: uuidv7(),
      caseId,
      ...number,
      carrier: 'CMCC',
      method: 'cash',
      amountFen: 500,
      receiptNumber: 'R-1',
    },
    takenAt: clock.now(),
    allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
  }
  const envelope = { kind: 'payment.take', version: 1, staffId: 'P of S', createdAt: clock.now(), payload }
  const [step] = planBatch([readJob({ id: uuidv7(), sequence, lane: caseId, ...envelope })], check) as [
    BatchStep & { kind: 'set' },
  ]
  return {
    device: {
      deviceId: 'D of S',
      deviceName: '1',
      storeId: 'S',
      storeName: 'S',
      handlingProvince: '44',
      serviceId: 'x',
    },
    proof: { hash: uuidv7(), expiresAt: clock.now() + 1000, thumbprint: 'the key' },
    set: step.jobs,
    blocked: new Set(),
  } as SetDelivery
}

const db = {
  executeQuery(query: CompiledQuery) {
    statements += 1
    return database.db.executeQuery(query)
  },
} as unknown as Database

/** What became of a set, and how many statements that took. */
async function take(set: SetDelivery) {
  statements = 0
  const answers = await takeAtOnce({ db, clock, segments } as unknown as ServiceContext, [set], ends)
  const outcome = answers?.map((answer) => answer.ok && answer.value[0]!.outcome)
  if (answers) used += 1
  return { outcome, statements }
}

async function rows() {
  const { rows } = await sql<{ n: number }>`select (select count(*) from job) + (select count(*) from payment)
    + (select count(*) from audit_entry) + (select count(*) from dpop_proof) + (select count(*) from ledger_posting) as n`.execute(
    database.db,
  )
  return Number(rows[0]!.n)
}

/** Two looks in a row find things as they were left; then no third is needed. */
beforeEach(async () => {
  ends = createRememberedEnds()
  expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 2 })
  expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 2 })
  expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 1 })
})

it('writes set after set with one statement each, and the chain holds', async () => {
  for (let nth = 0; nth < 5; nth += 1) expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 1 })
  expect(await verifyAuditChain(database.db, 'S')).toEqual({ entries: used })
})

it.each([
  ['its device was revoked', "update device set revoked_at = 1 where device_id = 'D of S'", 'revoked_at = null'],
  [
    'its device has another key',
    "update device set thumbprint = 'other' where device_id = 'D of S'",
    "thumbprint = 'the key'",
  ],
  ['its device was moved', "update device set store_id = 'T' where device_id = 'D of S'", "store_id = 'S'"],
  [
    'its number was used elsewhere',
    "update device set highest_sequence = highest_sequence + 1 where device_id = 'D of S'",
    'highest_sequence = highest_sequence - 1',
  ],
  ['its author has left', "update staff set active = false where staff_id = 'P of S'", 'active = true'],
  ['its author is an auditor now', "update staff set role = 'auditor' where staff_id = 'P of S'", "role = 'clerk'"],
  ['its author works elsewhere', "update staff set store_id = 'T' where staff_id = 'P of S'", "store_id = 'S'"],
])('writes nothing by memory when %s', async (_, change, back) => {
  await sql.raw(change).execute(database.db)
  const before = await rows()
  // Tried by memory in vain, or not even that, and looked at.
  expect((await take(delivery())).outcome).toBeUndefined()
  expect(await rows()).toBe(before)
  await sql
    .raw(`${change.slice(0, change.indexOf(' set '))} set ${back} ${change.slice(change.indexOf('where'))}`)
    .execute(database.db)
  expect((await take(delivery())).outcome).toEqual(['accepted'])
})

it('goes on from where somebody else has brought the chain and the account', async () => {
  const end = { chain: 'S', last_hash: 'f'.repeat(64) }
  await sql`update audit_chain set last_hash = ${end.last_hash} where chain = ${end.chain}`.execute(database.db)
  expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 3 })
  const { rows: last } = await sql<{ previous_hash: string }>`select previous_hash from audit_entry where chain = 'S'
    order by sequence desc limit 1`.execute(database.db)
  expect(last[0]!.previous_hash).toBe(end.last_hash)
  // Somebody else seems to be at it: it is looked at until it is found as it was left.
  expect((await take(delivery())).statements).toBe(2)
  expect((await take(delivery())).statements).toBe(1)
  await sql`update device set accepted_jobs = accepted_jobs + 1 where device_id = 'D of S'`.execute(database.db)
  expect(await take(delivery())).toEqual({ outcome: ['accepted'], statements: 3 })
})

it('looks where a job came before, a proof was used or a number is missing, and writes nothing', async () => {
  const first = delivery()
  expect((await take(first)).outcome).toEqual(['accepted'])
  const before = await rows()
  expect((await take({ ...first, proof: delivery().proof })).outcome).toBeUndefined()
  expect(statements).toBe(1)
  expect((await take({ ...delivery(), proof: first.proof! })).outcome).toBeUndefined()
  expect((await take(delivery(used + 3))).outcome).toBeUndefined()
  expect(await rows()).toBe(before)
})
