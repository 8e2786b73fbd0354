import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningService } from '../../../service/src/start.ts'
import type { TransportRequest } from '../../../src/main/core/ports.ts'
import { createFetchTransport } from '../../../src/main/devices/machine/fetch-transport.ts'
import { caseOf, caseWrite, insertJob } from '../../bench/support/business-rows.ts'
import { type Counter, openCounter } from '../../support/core/core-harness.ts'
import { newPglite } from '../../support/pglite.ts'
import { type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/** A photograph of 1.5 MB, as a PNG whose checksums nobody looks at. */
function photograph(): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(content.byteLength)
    return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)])
  }
  const head = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([head, chunk('IHDR', Buffer.alloc(13, 1)), chunk('IDAT', randomBytes(1_500_000))])
}

let world: OutsideWorld
let service: RunningService
let counter: Counter
const asked: TransportRequest[] = []
/** What the line does to a request: through, never arrived, or arrived with its answer lost. */
let line: (request: TransportRequest) => 'through' | 'lost' | 'answerLost' = () => 'through'

beforeAll(async () => {
  world = await startOutsideWorld()
  service = await startServiceOn(world, await newPglite())
  const real = createFetchTransport(service.url)
  const transport = {
    baseUrl: real.baseUrl,
    async request(request: TransportRequest) {
      asked.push(request)
      const fate = line(request)
      if (fate === 'lost') return { ok: false, reason: 'offline' } as const
      const answer = await real.request(request)
      return fate === 'answerLost' ? ({ ok: false, reason: 'timeout' } as const) : answer
    },
  }
  counter = await openCounter(service.url, { transport })
  await counter.done('device.enrol', { enrolmentCode: 'HQB3-7K2M-9QXT' })
})
afterAll(async () => {
  await counter?.close()
  await service?.close()
  await world?.close()
})

const isPart = (request: TransportRequest) => request.method === 'PATCH'
const offsetOf = (request: TransportRequest) => Number(/offset=(\d+)/.exec(request.path)?.[1])

test('a large paper travels in parts before its job, and goes on where it was after a cut and a restart', async () => {
  const case_ = caseOf(1)
  const content = photograph()
  const sha256 = createHash('sha256').update(content).digest('hex')
  const attachmentId = crypto.randomUUID()
  const jobId = crypto.randomUUID()
  const paper = { attachmentId, caseId: case_.caseId, kind: 'portrait', mediaType: 'image/png', sha256 }
  await counter.store.transaction(async (tx) => {
    const { sql, params } = caseWrite(case_, 1)
    tx.run(sql, params)
    tx.run(
      'INSERT INTO attachment (attachment_id, case_id, kind, media_type, sha256, content, taken_at, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      [attachmentId, case_.caseId, 'portrait', 'image/png', sha256, content, case_.createdAt, jobId],
    )
    tx.run(insertJob, [
      ...[1, jobId, case_.caseId, case_.msisdn, 'attachment.store', 1],
      ...[JSON.stringify(paper), '100217', 'pending', 0, 0, case_.createdAt],
    ])
    tx.run("INSERT INTO meta (name, value) VALUES ('lastJobSequence', '1')")
  })
  // The answer to the first part is lost, then the line is gone.
  line = (request) => (isPart(request) ? (offsetOf(request) === 0 ? 'answerLost' : 'lost') : 'through')
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  await expect.poll(() => asked.filter(isPart).length, { timeout: 20_000 }).toBeGreaterThan(0)
  counter = await counter.reopen()
  line = () => 'through'
  await counter.done('session.signIn', { staffId: '100217', password: 'counter-trial-217' })
  await expect
    .poll(async () => (await counter.store.get<{ state: string }>('SELECT state FROM outbox_job', []))?.state, {
      timeout: 40_000,
      interval: 200,
    })
    .toBe('done')
  const parts = asked.filter(isPart)
  // Nothing that had arrived was sent again but what nobody had heard of.
  expect(parts.filter((request) => offsetOf(request) === 0)).toHaveLength(1)
  expect(new Set(parts.map(offsetOf)).size).toBe(3)
  expect(parts.every((request) => request.bytes!.byteLength <= 512 * 1024)).toBe(true)
  const bodies = asked.flatMap((request) =>
    request.path === '/v1/jobs' ? new TextDecoder().decode(request.bytes) : [],
  )
  const jobs = bodies.filter((body) => body.includes(jobId))
  expect(jobs).toHaveLength(1)
  expect(jobs[0]).not.toContain('contentBase64')
}, 90_000)
