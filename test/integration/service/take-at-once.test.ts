import { fileURLToPath } from 'node:url'
import { type CompiledQuery, sql } from 'kysely'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../service/src/database/handle.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { checkPayload } from '../../../service/src/intake/check-payload.ts'
import type { SetDelivery } from '../../../service/src/intake/delivery.ts'
import { type BatchStep, planBatch } from '../../../service/src/intake/plan-batch.ts'
import { readJob } from '../../../service/src/intake/read-job.ts'
import { takeAtOnce } from '../../../service/src/intake/take-at-once.ts'
import { loadSegments } from '../../../service/src/numbers/load-segments.ts'
import { importOrganisation } from '../../../service/src/seed/import-organisation.ts'
import { organisationFileSchema } from '../../../service/src/seed/organisation-file.ts'
import type { ServiceContext } from '../../../service/src/service-context.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { newPglite } from '../../support/pglite.ts'

/** A set is judged by one statement and written by another. What happens between the two must never be overlooked. */
const resource = (path: string) => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url))
const clock = { now: () => instant(1_795_000_000_000) }
let database: OpenDatabase
let segments: ServiceContext['segments']
let msisdn: string
let homeProvince: string
/** The last number of each device that was used up. */
const used = [0, 0]

beforeAll(async () => {
  database = await openDatabase(await newPglite())
  const stores = [0, 1].map((store) => ({
    storeId: `S${store}`,
    name: `S${store}`,
    province: '44',
    devices: [{ deviceId: `D${store}`, name: '1' }],
    staff: [{ staffId: `P${store}`, name: 'P', role: 'clerk', password: 'only for this test' }],
  }))
  await importOrganisation(database.db, clock, organisationFileSchema.parse({ stores }))
  await sql`update device set thumbprint = 'key of ' || device_id`.execute(database.db)
  await sql`insert into audit_chain select store_id, 0, repeat('0', 64) from store`.execute(database.db)
  segments = await loadSegments({
    prefixes: resource('segments/prefixes.json'),
    provinces: resource('segments/provinces.csv'),
  } as never)
  const [segment, province] = [...segments.provinces].find(([, one]) => one !== '44')!
  msisdn = `${segment}0001`
  homeProvince = province
})
afterAll(() => database.close())

const check: Parameters<typeof planBatch>[1] = (envelope, kind) =>
  checkPayload({ segments } as unknown as ServiceContext, envelope, kind)

/** What device `nth` delivers: a payment. */
function delivery(nth: number, paymentId = uuidv7()): SetDelivery {
  const caseId = uuidv7()
  const payment = {
    paymentId,
    caseId,
    msisdn,
    carrier: 'CMCC',
    homeProvince,
    method: 'cash',
    amountFen: 500,
    receiptNumber: 'R-1',
    takenAt: clock.now(),
    allocations: [{ kind: 'bill', ref: 'B1', amountFen: 500 }],
  }
  const job = {
    id: uuidv7(),
    sequence: used[nth]! + 1,
    lane: caseId,
    kind: 'payment.take',
    version: 1,
    staffId: `P${nth}`,
    createdAt: clock.now(),
    payload: payment,
  }
  const [step] = planBatch([readJob(job)], check) as [BatchStep & { kind: 'set' }]
  return {
    device: {
      deviceId: `D${nth}`,
      deviceName: '1',
      storeId: `S${nth}`,
      storeName: `S${nth}`,
      handlingProvince: '44',
      serviceId: 'test',
    } as SetDelivery['device'],
    proof: { hash: uuidv7(), expiresAt: clock.now() + 1000, thumbprint: `key of D${nth}` },
    set: step.jobs,
    blocked: new Set(),
  }
}

/** The real database, with something happening after the first statement. */
function contextWith(meanwhile: () => Promise<unknown>): ServiceContext {
  let statements = 0
  const db = {
    async executeQuery(query: CompiledQuery) {
      const result = await database.db.executeQuery(query)
      statements += 1
      if (statements === 1) await meanwhile()
      return result
    },
  } as unknown as Database
  return { db, clock, segments } as unknown as ServiceContext
}

async function everything() {
  const counted = (table: 'job' | 'payment' | 'audit_entry' | 'dpop_proof' | 'ledger_posting') =>
    database.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow()
      .then(({ rows }) => Number(rows))
  return Promise.all((['job', 'payment', 'audit_entry', 'dpop_proof', 'ledger_posting'] as const).map(counted))
}

const nothing = () => Promise.resolve()
const run = (text: string) => () => sql.raw(text).execute(database.db)

it('takes in a set of several stores when nothing happens meanwhile', async () => {
  const before = await everything()
  const answers = await takeAtOnce(contextWith(nothing), [delivery(0), delivery(1)])
  expect(answers?.map((answer) => answer.ok && answer.value[0]!.outcome)).toEqual(['accepted', 'accepted'])
  expect(await everything()).toEqual(before.map((rows) => rows + 2))
  used[0]! += 1
  used[1]! += 1
})

it.each([
  [
    'the device delivered by another process',
    "update device set highest_sequence = highest_sequence + 1 where device_id = 'D0'",
    "update device set highest_sequence = highest_sequence - 1 where device_id = 'D0'",
  ],
  [
    'its account was put right',
    "update device set accepted_jobs = accepted_jobs + 1 where device_id = 'D0'",
    "update device set accepted_jobs = accepted_jobs - 1 where device_id = 'D0'",
  ],
  [
    'it was revoked',
    "update device set revoked_at = 1 where device_id = 'D0'",
    "update device set revoked_at = null where device_id = 'D0'",
  ],
  [
    'it was enrolled anew with another key',
    "update device set thumbprint = 'other' where device_id = 'D0'",
    "update device set thumbprint = 'key of D0' where device_id = 'D0'",
  ],
  [
    'it was moved to another store',
    "update device set store_id = 'S1' where device_id = 'D0'",
    "update device set store_id = 'S0' where device_id = 'D0'",
  ],
  [
    "its store's chain grew",
    "update audit_chain set last_sequence = last_sequence + 1 where chain = 'S0'",
    "update audit_chain set last_sequence = last_sequence - 1 where chain = 'S0'",
  ],
  [
    "its store's chain ends otherwise",
    "update audit_chain set last_hash = 'x' || last_hash where chain = 'S0'",
    "update audit_chain set last_hash = substr(last_hash, 2) where chain = 'S0'",
  ],
])('writes nothing when %s', async (_, meanwhile, back) => {
  const before = await everything()
  expect(await takeAtOnce(contextWith(run(meanwhile)), [delivery(0)])).toBeUndefined()
  expect(await everything()).toEqual(before)
  await run(back)()
  // With everything as it was the same would have been taken in.
  expect(await takeAtOnce(contextWith(nothing), [delivery(0)])).toHaveLength(1)
  used[0]! += 1
})

it('writes nothing when the proof was used meanwhile, or the name or the job is taken', async () => {
  const rival = delivery(0)
  const burn = () =>
    database.db.insertInto('dpop_proof').values({ proof_hash: rival.proof!.hash, expires_at: 1 }).execute()
  expect(await takeAtOnce(contextWith(burn), [rival])).toBeUndefined()
  const taken = delivery(0)
  expect(await takeAtOnce(contextWith(nothing), [taken])).toHaveLength(1)
  used[0]! += 1
  const before = await everything()
  const again = delivery(0, (taken.set[0]!.envelope.payload as { paymentId: string }).paymentId)
  expect(await takeAtOnce(contextWith(nothing), [again])).toBeUndefined()
  // Known already: the long way answers with the first receipt.
  expect(await takeAtOnce(contextWith(nothing), [{ ...taken, proof: again.proof }])).toBeUndefined()
  expect(await everything()).toEqual(before)
})
