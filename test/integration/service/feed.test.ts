import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { appendAudit, verifyAuditChain } from '../../../service/src/audit/append-audit.ts'
import { appendChange } from '../../../service/src/changes/append-change.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { importOrganisation } from '../../../service/src/seed/import-organisation.ts'
import { organisationFileSchema } from '../../../service/src/seed/organisation-file.ts'
import { type Instant, instant } from '../../../src/shared/domain/calendar.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'

let cluster: PostgresCluster
let writer: OpenDatabase
let reader: OpenDatabase
const orders: OrderView[] = []

beforeAll(async () => {
  cluster = await startPostgres()
  const url = await cluster.createDatabase()
  writer = await openDatabase({ kind: 'postgres', url, poolSize: 12 })
  reader = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  const stores = ['A', 'B'].map((storeId) => ({
    storeId,
    name: storeId,
    province: '44',
    devices: [{ deviceId: `${storeId}-1`, name: '1' }],
  }))
  const clock = { now: () => instant(Date.now()) }
  await importOrganisation(writer.db, clock, organisationFileSchema.parse({ stores }))
  for (let i = 0; i < 40; i += 1) {
    const orderId = uuidv7()
    await writer.db
      .insertInto('product_order')
      .values({
        order_id: orderId,
        case_id: uuidv7(),
        case_number: `C${i}`,
        msisdn: String(13_900_000_000 + i),
        carrier: 'CMCC',
        home_province: '14',
        store_id: i % 2 ? 'A' : 'B',
        device_id: i % 2 ? 'A-1' : 'B-1',
        staff_id: '1',
        stage: 'accepted',
        submission: '{}',
        deadline: '2026-11-28',
        step_token: 0,
        attempts: 0,
        urge_count: 0,
        owed_here_fen: 0,
        waived_fen: 0,
        promised_refund_fen: 0,
        wrong_stop_codes: 0,
        created_at: 0,
        updated_at: 0,
      })
      .execute()
    orders.push({
      orderId,
      caseId: orderId,
      caseNumber: `C${i}`,
      state: 'acknowledged',
      stage: 'accepted',
      deadline: '2026-11-28' as OrderView['deadline'],
      urgeCount: 0,
      events: [],
      updatedAt: 0 as Instant,
    })
  }
})
afterAll(async () => {
  await writer?.close()
  await reader?.close()
  await cluster?.stop()
})

it('never shows a later number before an earlier one, whatever order transactions end in', async () => {
  let writing = true
  // A counter that follows store A's feed from its cursor on, as fast as it can: what it has passed by it never sees again.
  const seen: number[] = []
  const following = (async () => {
    let cursor = 0
    for (;;) {
      const last = !writing
      const rows = await reader.db
        .selectFrom('change_feed')
        .select('sequence')
        .where('store_id', '=', 'A')
        .where('sequence', '>', cursor)
        .orderBy('sequence')
        .execute()
      for (const row of rows) seen.push(row.sequence)
      cursor = rows.at(-1)?.sequence ?? cursor
      if (last) return
    }
  })()
  await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const order = orders[index % orders.length]!
      const store = (index % orders.length) % 2 ? 'A' : 'B'
      await writer.db
        .transaction()
        .execute(async (tx) => {
          await appendChange(tx, store, { at: order.updatedAt, kind: 'order', order })
          await new Promise((resolve) => setTimeout(resolve, (index * 7) % 5))
          if (index % 10 === 3) throw new Error('rolled back')
        })
        .catch((error: Error) => {
          if (error.message !== 'rolled back') throw error
        })
    }),
  )
  writing = false
  await following
  const total = Array.from({ length: 400 }, (_, i) => i).filter((i) => (i % 40) % 2 === 1 && i % 10 !== 3).length
  expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1))
})

it('chains every privileged act, and finds the one that was changed, removed or added', async () => {
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      writer.db
        .transaction()
        .execute((tx) =>
          appendAudit(tx, { storeId: 'A', at: index, actor: '1', action: 'tested', subject: String(index) }),
        ),
    ),
  )
  expect(await verifyAuditChain(reader.db, 'A')).toEqual({ entries: 60 })
  const entry = (sequence: number) =>
    writer.db.selectFrom('audit_entry').selectAll().where('chain', '=', 'A').where('sequence', '=', sequence)
  const kept = await entry(31).executeTakeFirstOrThrow()
  await writer.db.updateTable('audit_entry').set({ actor: '2' }).where('sequence', '=', 31).execute()
  expect(await verifyAuditChain(reader.db, 'A')).toMatchObject({ brokenAt: 31 })
  await writer.db.deleteFrom('audit_entry').where('sequence', '=', 31).execute()
  expect(await verifyAuditChain(reader.db, 'A')).toMatchObject({ brokenAt: 31 })
  await writer.db.insertInto('audit_entry').values(kept).execute()
  expect(await verifyAuditChain(reader.db, 'A')).toEqual({ entries: 60 })
  await writer.db.deleteFrom('audit_entry').where('sequence', '=', 60).execute()
  expect(await verifyAuditChain(reader.db, 'A')).toMatchObject({ brokenAt: 60 })
})
