import { type OpenDatabase, openDatabase } from '../../service/src/database/open-database.ts'
import { purge, type Retention } from '../../service/src/operation/purge.ts'
import type { ServiceContext } from '../../service/src/service-context.ts'
import { instant } from '../../src/shared/domain/calendar.ts'
import { newPglite } from './pglite.ts'

export const dayMs = 86_400_000

/** How long the tests of forgetting keep what. */
const retention: Retention = {
  identityDays: 732,
  evidenceDays: 1830,
  abandonedDays: 30,
  decidedDays: 732,
  accessDays: 30,
  callLogDays: 180,
}

/** A well-formed id that tells its number. */
export const numberedId = (number: number) => `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`
const id = numberedId

/** A database of the service with a store, a device and two people, and a clock that years pass on at a word. */
export interface YearsOfWork {
  database: OpenDatabase
  now(): number
  /** Lets time pass; a negative time sets the clock back. */
  pass(milliseconds: number): void
  /** One round of forgetting: how many rows of each table it took. */
  forget(): ReturnType<typeof purge>
}

export async function openYearsOfWork(): Promise<YearsOfWork> {
  const database = await openDatabase(await newPglite())
  const { db } = database
  await db.insertInto('store').values({ store_id: 'S', name: 'S', province: '44', may_accept: true }).execute()
  await db
    .insertInto('device')
    .values({ device_id: 'D', name: 'D', store_id: 'S', highest_sequence: 0, accepted_jobs: 0 } as never)
    .execute()
  for (const [staffId, role] of [
    ['clerk', 'clerk'],
    ['boss', 'supervisor'],
  ] as const)
    await db
      .insertInto('staff')
      .values({ staff_id: staffId, name: staffId, role, store_id: 'S', password_hash: 'x', active: true })
      .execute()
  let now = Date.UTC(2026, 0, 1)
  const context = { db, clock: { now: () => instant(now) } } as unknown as ServiceContext
  return {
    database,
    now: () => now,
    pass: (milliseconds) => {
      now += milliseconds
    },
    forget: () => purge(context, retention),
  }
}

/** An order that ended now, with everything people leave behind. */
export async function orderOf(years: YearsOfWork, number: number, stage: 'refused' | 'homeReview' = 'refused') {
  const { db } = years.database
  const now = years.now()
  const [orderId, caseId] = [id(number), id(1000 + number)]
  await db
    .insertInto('product_order')
    .values({
      order_id: orderId,
      case_id: caseId,
      case_number: `T-${number}`,
      msisdn: `1380000${String(number).padStart(4, '0')}`,
      carrier: 'CMCC',
      home_province: '14',
      store_id: 'S',
      device_id: 'D',
      staff_id: 'clerk',
      stage,
      submission: JSON.stringify({ orderId, caseId, settlement: { totalFen: 1 }, relatedParty: [{ name: '张三' }] }),
      deadline: '2026-01-08',
      step_token: 1,
      attempts: 0,
      refuse_reason: '冒用张三的证件',
      refused_for: JSON.stringify({ code: 'BY_STORE', params: { text: '冒用张三的证件' } }),
      owed_here_fen: 0,
      urge_count: 0,
      waived_fen: 0,
      promised_refund_fen: 0,
      wrong_stop_codes: 0,
      created_at: now,
      updated_at: now,
    } as never)
    .execute()
  await db
    .insertInto('approval')
    .values({
      approval_id: id(2000 + number),
      case_id: caseId,
      subject: 'largeRefund',
      reason: '张三本人到场',
      approver_id: 'boss',
      clerk_id: 'clerk',
      device_id: 'D',
      approved_at: now,
    } as never)
    .execute()
  await db
    .insertInto('order_request')
    .values({
      request_id: id(3000 + number),
      order_id: orderId,
      kind: 'resupply',
      payload: JSON.stringify({ corrections: { contact: { name: '张三', phone: '13900000000' } } }),
      requested_at: now,
      handled_at: now,
    })
    .execute()
  await db
    .insertInto('order_repair')
    .values({
      repair_id: id(4000 + number),
      order_id: orderId,
      action: 'refuse',
      request: '{"reason":"张三"}',
      reason: '张三',
      staff_id: 'boss',
      device_id: 'D',
      done_at: now,
    })
    .execute()
  return { orderId, caseId }
}

/** A ticket and a request for a second person, waiting or decided now. */
export async function decided(years: YearsOfWork, number: number, state: 'open' | 'closed') {
  const { db } = years.database
  const now = years.now()
  await db
    .insertInto('trouble_ticket')
    .values({
      ticket_id: id(5000 + number),
      store_id: 'S',
      kind: 'limitReached',
      severity: 'waits',
      params: '{}',
      state,
      opened_at: now,
      closed_at: state === 'closed' ? now : null,
      closed_note: state === 'closed' ? '问过张三' : null,
    } as never)
    .execute()
  await db
    .insertInto('approval_request')
    .values({
      request_id: id(6000 + number),
      case_id: id(1000 + number),
      case_number: 'T',
      store_id: 'S',
      device_id: 'D',
      clerk_id: 'clerk',
      subject: 'largeRefund',
      reason: '张三',
      facts: '{"maskedName":"张*"}',
      state: state === 'open' ? 'open' : 'refused',
      requested_at: now,
      expires_at: now,
    } as never)
    .execute()
}

/** What a case leaves before it becomes an order: a paper, and a proof with a pre-check made `laterMs` after it. */
export async function leavings(years: YearsOfWork, number: number, laterMs = 0) {
  const { db } = years.database
  const now = years.now()
  const whose = { case_id: id(20_000 + number), device_id: 'D', msisdn: '13800000000' }
  await db
    .insertInto('identity_proof')
    .values({
      ...whose,
      proof_id: id(21_000 + number),
      staff_id: 'clerk',
      carrier: 'CMCC',
      home_province: '14',
      document: '{}',
      asker: 'holder',
      holder_name: '张三',
      methods: '[]',
      face: '{}',
      proved_at: now,
      expires_at: now,
    } as never)
    .execute()
  await db
    .insertInto('pre_check')
    .values({
      ...whose,
      pre_check_id: id(22_000 + number),
      proof_id: id(21_000 + number),
      account: '{}',
      blockers: '[]',
      checked_at: now + laterMs,
    } as never)
    .execute()
  await db
    .insertInto('attachment')
    .values({
      attachment_id: id(23_000 + number),
      case_id: whose.case_id,
      device_id: 'D',
      kind: 'portrait',
      media_type: 'image/png',
      sha256: 'x',
      content: Buffer.from('x'),
      stored_at: now,
    })
    .execute()
  return whose.case_id
}

/** How many papers, pre-checks and proofs are left of a case. */
export async function leftOf({ database: { db } }: YearsOfWork, caseId: string) {
  const of = (table: 'attachment' | 'pre_check' | 'identity_proof') =>
    db.selectFrom(table).select('case_id').where('case_id', '=', caseId).execute()
  return [(await of('attachment')).length, (await of('pre_check')).length, (await of('identity_proof')).length]
}
