import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mostNewer } from '../../../src/main/core/sync/newer-changes.ts'
import { type Counter, openCounter, until } from '../../support/core/core-harness.ts'
import { signIn, submittedCase } from '../../support/core/counter-steps.ts'
import { type ServiceDouble, startServiceDouble } from '../../support/core/service-double.ts'

/* A counter that is not updated for months, at a service that says ever more that it has no words for. */

let service: ServiceDouble
let counter: Counter
const opening = () => ({
  folder: mkdtempSync(join(tmpdir(), 'counter-')),
  key: crypto.getRandomValues(new Uint8Array(32)),
  deviceKey: {},
})
let opened: ReturnType<typeof opening>

beforeEach(async () => {
  service = await startServiceDouble()
  opened = opening()
  counter = await openCounter(service.url, {}, opened)
  await signIn(counter)
})
afterEach(async () => {
  await counter.close()
  await service.close()
  rmSync(opened.folder, { recursive: true, force: true })
})

const cursor = async () =>
  Number((await counter.store.get<{ value: string }>("SELECT value FROM meta WHERE name = 'changesCursor'"))?.value)
const readAll = () => until(async () => (await cursor()) === service.changes.length)
const kept = async () =>
  (await counter.store.get<{ rows: number; bytes: number; first: number }>(
    "SELECT count(*) AS rows, sum(length(document)) AS bytes, min(sequence) AS first FROM newer_change WHERE kind <> 'order'",
  ))!
/** So many changes of a kind nobody here knows, each about something else, with so much to say. */
function tell(count: number, body: object = {}) {
  for (let index = 0; index < count; index += 1)
    service.changes.push({
      sequence: service.changes.length + 1,
      at: Date.now(),
      kind: 'courier',
      subject: `C-${service.changes.length}`,
      body,
    } as never)
  service.tellChange({ kind: 'rules', rules: { setDigest: 'a'.repeat(64) } })
}
const orderOf = (
  { case: { caseId, caseNumber, orderId } }: Awaited<ReturnType<typeof submittedCase>>,
  stage: string,
) => ({
  orderId,
  caseId,
  caseNumber,
  state: 'inProgress',
  stage,
  deadline: '2026-11-29',
  urgeCount: 0,
  events: [],
  updatedAt: Date.now(),
})

test('the latest is kept, an order without a name stays, and an updated program asks for what was let go', async () => {
  const view = await submittedCase(counter)
  service.publish(orderOf(view, 'courierUnderWay'))
  await readAll()
  for (let month = 0; month < 6; month += 1) {
    tell(500)
    await readAll()
  }
  const first = (await kept()).first
  expect(await kept()).toMatchObject({ rows: mostNewer.changes })
  expect(first).toBeGreaterThan(500)
  // The oldest of all that has no name here, and the one that the clerk's list rests on.
  expect((await counter.done('case.view', { caseId: view.case.caseId })).movedOn).toBe(true)

  // Opened again as it is, nothing is asked twice: it would have no room again.
  counter = await counter.reopen()
  expect(await cursor()).toBe(service.changes.length)

  await counter.app.close()
  counter = await openCounter(service.url, { version: '0.0.1-test' }, opened)
  expect(counter.logged).toContainEqual({ level: 'info', code: 'sync.askedAgain', params: { from: 2 } })
  await readAll()
  // Should it be too old as well, it keeps as much, and notes it anew for the version after it.
  expect(await kept()).toMatchObject({ rows: mostNewer.changes, first })
  expect((await counter.done('case.view', { caseId: view.case.caseId })).movedOn).toBe(true)
}, 60_000)

test('a few large ones are bounded by their size', async () => {
  tell(12, { text: 'x'.repeat(1_000_000) })
  await readAll()
  const { rows, bytes } = await kept()
  expect(rows).toBe(7)
  expect(bytes).toBeLessThanOrEqual(mostNewer.bytes)
}, 30_000)

test('what one version let go the next one reads, once', async () => {
  // As a version left it that had no words for tickets of this kind, and no room.
  service.tellChange({
    kind: 'ticket',
    ticket: {
      ticketId: '018f0000-0000-7000-8000-000000000001',
      kind: 'orderStuck',
      severity: 'waits',
      params: {},
      state: 'open',
      openedAt: Date.now(),
    },
  })
  await readAll()
  await counter.store.transaction(async (tx) => {
    tx.run('DELETE FROM ticket')
    tx.run('INSERT INTO meta (name, value) VALUES (?, ?)', ['newerLetGo', '{"from":1,"version":"0.0.0-older"}'])
  })
  counter = await counter.reopen()
  await until(async () => (await counter.done('supervision.view')).tickets.length === 1)
  expect(await counter.store.get("SELECT 1 FROM meta WHERE name = 'newerLetGo'")).toBeUndefined()
}, 30_000)
