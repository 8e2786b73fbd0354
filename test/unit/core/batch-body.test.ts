import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillBatch } from '../../../src/main/core/outbox/batch.ts'
import { sendableJobs } from '../../../src/main/core/outbox/sendable-jobs.ts'
import { migrations } from '../../../src/main/core/schema/migrations.ts'
import { openStore, type Store } from '../../../src/main/core/storage/store.ts'
import type { JobEnvelope } from '../../../src/shared/protocol/jobs.ts'

let store: Store
const folder = mkdtempSync(join(tmpdir(), 'batch-body-'))
const worker = new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url)

beforeAll(async () => {
  const opened = await openStore({ folder, key: Buffer.alloc(32, 1), migrations, worker, now: Date.now })
  if (!opened.ok) throw new Error(opened.error.code)
  store = opened.value
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Written {
  payload: string
  content?: Uint8Array | null
  staffId?: string
}

/** Writes jobs into an empty outbox, each in a lane of its own, with their papers; returns their ids and lanes. */
async function write(jobs: readonly Written[]) {
  const names = jobs.map(() => ({ id: randomUUID(), lane: randomUUID() }))
  await store.transaction(async (tx) => {
    for (const table of ['outbox_job', 'attachment', 'counter_case']) tx.run(`DELETE FROM ${table}`)
    for (const [index, { payload, content, staffId = '100217' }] of jobs.entries()) {
      const { id, lane } = names[index]!
      const kind = content === undefined ? 'payment.take' : 'attachment.store'
      tx.run(
        `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, created_at)
         VALUES (?, ?, ?, '13053510001', ?, 1, ?, ?, 'pending', 0, 0, 1795345771002)`,
        [index + 1, id, lane, kind, payload, staffId],
      )
      if (content === undefined) continue
      tx.run(
        `INSERT INTO counter_case (case_id, case_number, case_number_reversed, msisdn, msisdn_reversed, state, status, is_open, created_at,
           created_on, updated_at, document) VALUES (?, ?, '', ?, '', 'draft', 'draft', 0, 0, '', 0, '{}')`,
        [lane, lane, lane],
      )
      tx.run(
        `INSERT INTO attachment (attachment_id, case_id, kind, media_type, sha256, content, taken_at, job_id)
         VALUES (?, ?, 'signedForm', 'text/html', '', ?, 0, ?)`,
        [(JSON.parse(payload) as { attachmentId: string }).attachmentId, lane, content, id],
      )
    }
  })
  return names
}

async function filled() {
  const batch = await fillBatch(store, await sendableJobs(store, { now: 1, limit: 400, lanesUnderWay: [] }))
  const text = new TextDecoder('utf-8', { fatal: true }).decode(batch.body)
  return { ...batch, text, body: JSON.parse(text) as { receipts: number; jobs: JobEnvelope[] } }
}

const paperPayload = () => JSON.stringify({ attachmentId: randomUUID(), kind: 'signedForm' })

test('papers of any bytes and payloads of any text arrive as they were written down', async () => {
  const payload = fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.jsonValue(), { maxKeys: 4 })
  const paper = fc.uint8Array({ maxLength: 300 })
  const job = fc.record({ payload, paper: fc.option(paper, { nil: undefined }), staffId: fc.string({ maxLength: 12 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 12 }), async (jobs) => {
      const written = jobs.map(({ payload, paper, staffId }): Written => {
        // As it is read again, so that both sides mean the same by it.
        const plain = JSON.parse(JSON.stringify(payload)) as object
        if (!paper) return { payload: JSON.stringify(plain), staffId }
        return { payload: JSON.stringify({ ...plain, attachmentId: randomUUID() }), content: paper, staffId }
      })
      const names = await write(written)
      const { body } = await filled()
      expect(body.jobs).toEqual(
        written.map(({ payload, content, staffId }, index) => ({
          ...names[index],
          sequence: index + 1,
          kind: content ? 'attachment.store' : 'payment.take',
          ...{ version: 1, staffId, createdAt: 1795345771002 },
          payload: {
            ...(JSON.parse(payload) as object),
            ...(content ? { contentBase64: Buffer.from(content).toString('base64') } : {}),
          },
        })),
      )
    }),
    { numRuns: 60 },
  )
})

test('a payload travels as the text it is, but for blanks behind it, also where a paper goes into it', async () => {
  const spread = '{ "b" : 1.50,\n  "a":"号" } \r\n\t'
  const paper = `${paperPayload()}\n `
  await write([{ payload: spread }, { payload: paper, content: Uint8Array.of(0, 255, 128, 0) }])
  const { text, body } = await filled()
  expect(text).toContain(`"payload":${spread.trimEnd()}}`)
  expect(text).toContain(`${paper.trimEnd().slice(0, -1)},"contentBase64":"AP+AAA=="}}`)
  expect(body.receipts).toBe(0)
})

test('between papers of many lengths one that is empty and one that is gone do not shift the others', async () => {
  const contents = [Uint8Array.of(1, 2, 3), new Uint8Array(0), null, new Uint8Array(70_000).fill(9), Uint8Array.of(4)]
  const names = await write(contents.map((content) => ({ payload: paperPayload(), content })))
  const { body, unreadable } = await filled()
  expect(unreadable).toEqual([{ ...names[2], attempts: 0, code: 'job.paperGone' }])
  expect(body.jobs.map(({ payload }) => (payload as { contentBase64: string }).contentBase64)).toEqual(
    [contents[0]!, contents[1]!, contents[3]!, contents[4]!].map((content) => Buffer.from(content).toString('base64')),
  )
})

test('what is no object of a known kind is held by name, and nothing of it is sent', async () => {
  const names = await write([{ payload: '[1]' }, { payload: '{"a":' }, { payload: '{}' }])
  const { body, unreadable } = await filled()
  expect(unreadable.map(({ id, code }) => [id, code])).toEqual([
    [names[0]!.id, 'job.malformed'],
    [names[1]!.id, 'job.malformed'],
  ])
  expect(body.jobs.map((job) => job.id)).toEqual([names[2]!.id])
})
