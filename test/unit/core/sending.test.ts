import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createSending, type Sending } from '../../../src/main/core/outbox/sending.ts'
import { migrations } from '../../../src/main/core/schema/migrations.ts'
import type { ServiceClient, ServiceOutcome } from '../../../src/main/core/service-client/service-client.ts'
import { openStore, type Store } from '../../../src/main/core/storage/store.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { createFaultDisk, type FaultDisk } from '../../support/fault-file-system.ts'

/*
 * Batches of one job, of two cases with two jobs each: what two batches on their way make of each other shows in their numbers alone.
 */
const now = 1_790_000_000_000
const cases = ['a', 'a', 'b', 'b']

type Outcome = ServiceOutcome<{ results: JobResult[] }>

let disk: FaultDisk
let store: Store
let sending: Sending
let asked: number
/** Numbers of each request, in the order in which they set out. */
let sent: number[][]
/** What becomes of a request; decided while it is on its way. */
let fate: (sequences: readonly number[]) => Promise<Outcome> | Outcome

const accepted = (sequences: readonly number[]): Outcome => ({
  kind: 'answered',
  value: {
    results: sequences.map((n) => {
      const id = `job-${n}`
      return { id, outcome: 'accepted', receipt: { jobId: id, receivedAt: now, effect: {} } } as never
    }),
  },
})

const done = async () =>
  (
    await store.query<{ sequence: number }>("SELECT sequence FROM outbox_job WHERE state = 'done' ORDER BY sequence")
  ).map((job) => job.sequence)

beforeEach(async () => {
  disk = createFaultDisk()
  const opened = await openStore({
    ...{ folder: '/data', key: new Uint8Array(32).fill(3), migrations, files: disk.files, now: () => now as never },
    worker: new URL('file:///none'),
  })
  if (!opened.ok) throw new Error(opened.error.code)
  store = opened.value
  onTestFinished(() => store.close())
  await store.transaction(async (tx) => {
    for (const [index, lane] of cases.entries())
      tx.run(
        `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
         VALUES (?, ?, ?, '13800000000', 'payment.take', 1, '{}', '100001', 'pending', 0, 0, ?)`,
        [index + 1, `job-${index + 1}`, lane, now],
      )
  })
  sent = []
  asked = 0
  fate = accepted
  const service = {
    async exchange(_: string, { jsonBytes }: { jsonBytes: Uint8Array }) {
      const sequences = (JSON.parse(new TextDecoder().decode(jsonBytes)) as { jobs: { sequence: number }[] }).jobs.map(
        (job) => job.sequence,
      )
      sent.push(sequences)
      return fate(sequences)
    },
  }
  sending = createSending(
    {
      ports: {
        clock: { now: () => now, sleep: async () => {} },
        random: () => 0,
        log: { info() {}, warn() {}, error() {} },
        resources: undefined as never,
        jobsTogether: { first: 1, most: 1 },
      },
      store,
      service: service as unknown as ServiceClient,
      signedIn: () => true,
      async reconcile() {
        asked += 1
        return 2
      },
      bringBack: async () => false,
      changed: async () => {},
    },
    { stopped: new AbortController().signal, wake() {} },
  )
})

describe('two batches on their way', () => {
  test('are of two cases; the next job of a case sets out when the one before it is written down', async () => {
    await sending.round(() => false)
    expect(sent).toEqual([[1], [3], [2], [4]])
    expect(await done()).toEqual([1, 2, 3, 4])
  })

  test('and the line is gone: one outage makes the counter wait once as long, not as for two', async () => {
    fate = () => ({ kind: 'offline' })
    const waits = [await sending.round(() => false), await sending.round(() => false)]
    expect(sent).toEqual([[1], [3], [1], [3]])
    expect(waits).toEqual([
      { next: 'after', milliseconds: 500 },
      { next: 'after', milliseconds: 1_000 },
    ])
  })

  test('and the service has forgotten: it is told once', async () => {
    fate = () => ({ kind: 'refused', status: 422, error: { code: 'service.restored' } })
    expect(await sending.round(() => false)).toEqual({ next: 'now' })
    expect(sent).toEqual([[1], [3]])
    expect(asked).toBe(1)
  })

  test('the first is lost: what the second was answered is written down, and no third sets out', async () => {
    fate = (sequences) => (sequences[0] === 1 ? { kind: 'offline' } : accepted(sequences))
    await sending.round(() => false)
    expect(sent).toEqual([[1], [3]])
    expect(await done()).toEqual([3])
  })

  test('a job is refused: it is held with the reason, its case waits, the other goes on', async () => {
    fate = (sequences) =>
      sequences[0] === 1
        ? {
            kind: 'answered',
            value: { results: [{ id: 'job-1', outcome: 'refused', error: { code: 'payment.amountDiffers' } }] },
          }
        : accepted(sequences)
    await sending.round(() => sent.length > 8)
    expect(sent).toEqual([[1], [3], [4]])
    expect(await done()).toEqual([3, 4])
    expect(await store.query("SELECT sequence, last_error FROM outbox_job WHERE state = 'needs_attention'")).toEqual([
      { sequence: 1, last_error: '{"code":"payment.amountDiffers"}' },
    ])
  })

  test('an answer cannot be written down: its case is not left out when the disk works again', async () => {
    fate = (sequences) => {
      disk.setFaults({ refuse: { at: 1, code: 'EIO', times: 1 } })
      return accepted(sequences)
    }
    await expect(sending.round(() => false)).rejects.toThrow()
    disk.setFaults({})
    expect(sending.underWay()).toEqual(new Set())
    fate = accepted
    for (let rounds = 0; rounds < 3; rounds += 1) await sending.round(() => false)
    expect(await done()).toEqual([1, 2, 3, 4])
  })
})
