import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeMeta } from '../../../src/main/core/meta.ts'
import { enqueue } from '../../../src/main/core/outbox/enqueue.ts'
import { migrations } from '../../../src/main/core/schema/migrations.ts'
import { openStore } from '../../../src/main/core/storage/store.ts'
import { firstDoubtful, recallJobs } from '../../../src/main/core/sync/recall.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import type { Instant } from '../../../src/shared/domain/calendar.ts'
import type { TakenJob } from '../../../src/shared/protocol/reconciliation.ts'
import { testResources } from '../../support/core/core-harness.ts'
import { createFaultDisk } from '../../support/fault-file-system.ts'

const at = 1_790_000_000_000 as Instant
const ids = (prefix: string) => {
  let last = 0
  return () => {
    last += 1
    return `${prefix}${String(last).padStart(7, '0')}-0000-7000-8000-000000000000`
  }
}
const lanes = ['a', 'b', 'c'].map((letter) => `${letter.repeat(8)}-0000-7000-8000-000000000000`)

async function emptyStore() {
  const disk = createFaultDisk()
  const opened = await openStore({
    folder: '/data',
    key: new Uint8Array(32).fill(3),
    migrations,
    worker: new URL('file:///none'),
    files: disk.files,
    now: () => at,
  })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

const ports = (uuid: () => string) => ({
  clock: { now: () => at, sleep: async () => {} },
  ids: { uuid },
  resources: testResources,
  sha256,
})

test('whatever was done before and after the disk was set back: each job once, lanes in order, numbers without a gap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.constantFrom(...lanes), { maxLength: 5 }),
      fc.array(fc.constantFrom(...lanes), { maxLength: 6 }),
      fc.boolean(),
      async (kept, forgotten, written, noticedLate) => {
        const store = await emptyStore()
        const put = (uuid: () => string, lane: string) =>
          store.transaction((tx) =>
            enqueue(tx, ports(uuid), {
              lane,
              msisdn: '13800138000',
              kind: 'order.urge',
              payload: { orderId: lanes[0]!, requestId: uuid(), reason: 'hurry' } as never,
              staffId: '100217',
            }),
          )
        const oldIds = ids('0')
        for (let count = 0; count < kept; count += 1) await put(oldIds, lanes[count % 3]!)
        const receipt = (jobId: string) => ({ jobId, receivedAt: at, bodySha256: 'a'.repeat(64), effect: {} })
        await store.transaction(async (tx) => {
          tx.run("UPDATE outbox_job SET state = 'done', receipt = '{}'")
          writeMeta(tx, 'receiptCount', kept)
        })
        // What the service has beyond: sent from the disk that is gone.
        const theirs = ids('1')
        const taken: TakenJob[] = forgotten.map((lane, index) => {
          const id = theirs()
          return {
            sequence: kept + 1 + index,
            id,
            lane,
            kind: 'order.urge',
            msisdn: '13800138000',
            staffId: '100217',
            receipt: receipt(id) as never,
          }
        })
        const mine = ids('2')
        for (const lane of written) await put(mine, lane)
        const clashes = Math.min(written.length, forgotten.length)
        if (noticedLate && clashes > 0)
          await store.transaction(async (tx) =>
            tx.run("UPDATE outbox_job SET state = 'needs_attention', last_error = ? WHERE sequence = ?", [
              '{"code":"job.sequenceConflict"}',
              kept + 1,
            ]),
          )
        const highest = kept + forgotten.length
        const last = kept + written.length
        const from = await firstDoubtful(store)
        // Without a refusal it shows only when the service knows a higher number; then nothing written is in doubt below it.
        if (from > last && highest <= last) return
        const order = await store.query('SELECT id FROM outbox_job WHERE receipt IS NULL ORDER BY sequence')
        const told = taken.filter((job) => job.sequence >= from)
        await store.transaction((tx) => recallJobs(tx, ports(mine), { from, taken: told, highest }))

        const rows = await store.query<{ sequence: number; id: string; state: string }>(
          'SELECT sequence, id, state FROM outbox_job ORDER BY sequence',
        )
        for (const job of told) expect(rows).toContainEqual({ sequence: job.sequence, id: job.id, state: 'done' })
        expect(rows.filter((row) => row.id.startsWith('2')).map(({ id }) => ({ id }))).toEqual(order)
        if (noticedLate && clashes > 0) {
          // Everything is known again: no number is missing, none is used twice.
          expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1))
          expect(rows.filter((row) => row.state === 'needs_attention')).toEqual([])
        }
        await store.close()
      },
    ),
    { numRuns: 40 },
  )
})
