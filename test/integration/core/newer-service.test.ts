import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { appendChange } from '../../../service/src/changes/append-change.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createHttpCaptureStation } from '../../../src/main/devices/capture/http-capture-station.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type * as Changes from '../../../src/shared/protocol/changes.ts'
import { acceptCase } from '../../support/core/accept-case.ts'
import type { Counter } from '../../support/core/core-harness.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * A real service that is newer than its counter. The counter is this very program, built over a protocol of which the newest words have
 * been taken out; what is updated afterwards is the same data folder, opened by the program as it is.
 */

const storeId = 'SZ-HQB'
const unheardOf = { events: ['dispatched', 'deactivated'], tickets: ['returnRefused'], stages: ['deactivated'] }
const without = <T extends string>(list: readonly T[], gone: readonly string[]) =>
  z.enum(list.filter((word) => !gone.includes(word)) as unknown as [T, ...T[]])

/** The protocol as it was before: no requests for approval, and fewer words. */
async function olderProtocol(whole: () => Promise<typeof Changes>) {
  const now = await whole()
  const { orderStages } = await import('../../../src/shared/domain/order.ts')
  const orderEventCodes = now.orderEventCodes.filter((code) => !unheardOf.events.includes(code))
  const orderEventSchema = now.orderEventSchema.extend({ code: without(now.orderEventCodes, unheardOf.events) })
  const orderViewSchema = now.orderViewSchema.extend({
    stage: without(orderStages, unheardOf.stages),
    events: z.array(orderEventSchema),
  })
  const ticketViewSchema = now.ticketViewSchema.extend({ kind: without(now.ticketKinds, unheardOf.tickets) })
  const base = { sequence: z.int().positive(), at: z.int().nonnegative() }
  const changeSchema = z.discriminatedUnion('kind', [
    z.object({ ...base, kind: z.literal('order'), order: orderViewSchema }),
    z.object({ ...base, kind: z.literal('rules'), rules: now.rulesChangeSchema }),
    z.object({ ...base, kind: z.literal('ticket'), ticket: ticketViewSchema }),
  ])
  return { ...now, orderEventCodes, orderEventSchema, orderViewSchema, ticketViewSchema, changeSchema }
}

const changesFile = '../../../src/shared/protocol/changes.ts'
let world: OutsideWorld
let cluster: PostgresCluster
let service: RunningService
let look: OpenDatabase
const opening = {
  folder: mkdtempSync(join(tmpdir(), 'counter-')),
  key: crypto.getRandomValues(new Uint8Array(32)),
  deviceKey: {},
}

/** The counter's program, its modules loaded anew: as it was before, or as it is. */
async function openProgram(version: 'older' | 'present'): Promise<Counter> {
  vi.resetModules()
  if (version === 'older') vi.doMock(changesFile, (whole) => olderProtocol(whole as () => Promise<typeof Changes>))
  else vi.doUnmock(changesFile)
  const { openCounter } = await import('../../support/core/core-harness.ts')
  return openCounter(service.url, { captureStation: createHttpCaptureStation(world.simulators.urls.capture) }, opening)
}

beforeAll(async () => {
  world = await startOutsideWorld()
  cluster = await startPostgres()
  const database = { kind: 'postgres' as const, url: await cluster.createDatabase() }
  service = await startServiceOn(world, database, { timing: { changesPollMs: 20 } } as never)
  look = await openDatabase({ ...database, poolSize: 2 })
  await world.control({ reviewFactor: 0 })
})
afterAll(async () => {
  await look?.close()
  await service?.close()
  await cluster?.stop()
  await world?.close()
  rmSync(opening.folder, { recursive: true, force: true })
})

async function tellTicket(kind: Changes.TicketView['kind']) {
  const at = instant(Date.now())
  const ticket = {
    ticketId: uuidv7(),
    kind,
    severity: 'waits' as const,
    params: {},
    state: 'open' as const,
    openedAt: at,
  }
  await look.db.transaction().execute((tx) => appendChange(tx, storeId, { at, kind: 'ticket', ticket }))
}

/** What a service that is newer than this one writes beside it: a kind that neither this service nor any counter knows. */
async function tellUnheardOf(caseId: string) {
  const at = instant(Date.now())
  const setDigest = 'a'.repeat(64)
  await look.db.transaction().execute(async (tx) => {
    const sequence = await appendChange(tx, storeId, { at, kind: 'rules', rules: { setDigest } })
    await tx
      .updateTable('change_feed')
      .set({ kind: 'courier' as never, subject_id: 'C-1', body: JSON.stringify({ caseId }) })
      .where('store_id', '=', storeId)
      .where('sequence', '=', sequence)
      .execute()
  })
}

const lastNumber = async () =>
  Number(
    (
      await look.db
        .selectFrom('change_cursor')
        .select('last_sequence')
        .where('store_id', '=', storeId)
        .executeTakeFirst()
    )?.last_sequence ?? 0,
  )
const cursorOf = async (counter: Counter) =>
  Number(
    (await counter.store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesCursor'"))?.value ?? 0,
  )
const hasReadAll = (counter: Counter) =>
  expect.poll(async () => (await cursorOf(counter)) - (await lastNumber()), { timeout: 20_000 }).toBe(0)

test('a service updated first stops no counter: what is newer is kept, said, and shown after the counter is updated', async () => {
  const older = await openProgram('older')
  await older.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
  await older.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  const { caseId } = await acceptCase(older, world, 'clean')
  // The order is completed at the service: a stage and events this counter has never heard of.
  const stageThere = async () =>
    (await look.db.selectFrom('product_order').select('stage').where('case_id', '=', caseId).executeTakeFirst())?.stage
  await expect.poll(stageThere, { timeout: 30_000 }).toBe('deactivated')
  await tellTicket('returnRefused')
  await tellTicket('orderStuck')
  await tellUnheardOf(caseId)
  await hasReadAll(older)
  const shown = await older.done('case.view', { caseId })
  expect(shown.newer).toBe(true)
  expect(shown.order!.stage).not.toBe('deactivated')
  expect(shown.order!.events.map(({ code }) => code)).not.toContain('dispatched')
  const supervision = await older.done('supervision.view')
  expect(supervision.tickets.map(({ kind }) => kind)).toEqual(['orderStuck'])
  expect(supervision.newer).toBeGreaterThan(0)
  expect(older.logged.filter(({ code }) => code === 'service.answerMalformed')).toEqual([])
  expect(older.logged.some(({ code }) => code === 'sync.newer')).toBe(true)
  // The service remembers the cursor at a change of a kind that nobody here knows: nothing begins again.
  expect(older.logged.some(({ code }) => code === 'sync.restarted')).toBe(false)
  await older.app.close()

  const present = await openProgram('present')
  const after = await present.done('case.view', { caseId })
  expect(after.order!.stage).toBe('deactivated')
  expect(after.order!.events.map(({ code }) => code)).toEqual(expect.arrayContaining(['dispatched', 'deactivated']))
  expect((await present.done('case.list', { filter: 'all' })).rows[0]!.status).toBe('completed')
  expect((await present.done('supervision.view')).tickets.map(({ kind }) => kind).sort()).toEqual([
    'orderStuck',
    'returnRefused',
  ])
  // Still nobody knows of couriers.
  expect(after.newer).toBe(true)
  const kept = await present.store.query<{ kind: string; subject: string }>('SELECT kind, subject FROM newer_change')
  expect(kept).toEqual([{ kind: 'courier', subject: 'C-1' }])
  // What was kept and read comes to the same as what a counter has that was never behind.
  const shownNow = async () =>
    JSON.parse((await present.store.get<{ document: string }>('SELECT document FROM order_view'))!.document)
  const toldLast = async () =>
    JSON.parse(
      (
        await look.db
          .selectFrom('change_feed')
          .select('body')
          .where('store_id', '=', storeId)
          .where('kind', '=', 'order')
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow()
      ).body,
    )
  await tellTicket('orderStuck')
  await hasReadAll(present)
  expect((await present.done('supervision.view')).tickets).toHaveLength(3)
  await expect.poll(async () => isDeepStrictEqual(await shownNow(), await toldLast()), { timeout: 20_000 }).toBe(true)
  await present.app.close()
}, 90_000)
