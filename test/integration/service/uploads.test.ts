import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { forgetUploads, uploadLifeMs } from '../../../service/src/papers/receive-upload.ts'
import type { CounterClient } from '../../support/counter-client.ts'
import { clerk } from '../../support/counter-journey.ts'
import { onBothDatabases } from '../../support/service-suite.ts'
import { startServiceOn } from '../../support/service-world.ts'

/** A chunk of a PNG; nobody looks at its checksum here. */
function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.byteLength)
  return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)])
}
const png = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  chunk('IHDR', Buffer.alloc(13, 1)),
])
const partBytes = 300_000

onBothDatabases('a paper in parts', (suite) => {
  function paperOf(content: Buffer, changes: object = {}) {
    return {
      attachmentId: suite().counter.randomCaseId(),
      mediaType: 'image/png',
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.byteLength,
      ...changes,
    }
  }
  const photograph = (bytes: number) => Buffer.concat([png, chunk('IDAT', randomBytes(bytes))])

  async function ask(counter: CounterClient, method: string, path: string, body?: unknown) {
    const response = await counter.request(method, path, body)
    const answer = (await response.json()) as { offset: number; complete: boolean; error?: { code: string } }
    return { status: response.status, ...answer }
  }
  const begin = (paper: object, counter = suite().counter) => ask(counter, 'POST', '/v1/uploads', paper)

  async function bring(
    attachmentId: string,
    offset: number,
    content: Buffer,
    counter = suite().counter,
    address = suite().service.url,
  ) {
    const path = `/v1/uploads/${attachmentId}`
    const response = await fetch(`${address}${path}?offset=${offset}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/offset+octet-stream',
        dpop: await counter.proof('PATCH', path, { htu: address + path }),
      },
      body: new Uint8Array(content),
    })
    const answer = (await response.json()) as {
      offset: number
      complete: boolean
      error?: { code: string; params?: object }
    }
    return { status: response.status, ...answer }
  }

  async function bringAll(attachmentId: string, content: Buffer, from = 0) {
    let last = await bring(attachmentId, from, content.subarray(from, from + partBytes))
    while (last.status === 200 && !last.complete)
      last = await bring(attachmentId, last.offset, content.subarray(last.offset, last.offset + partBytes))
    return last
  }

  function storeJob(paper: ReturnType<typeof paperOf>) {
    const { counter } = suite()
    const lane = counter.randomCaseId()
    const { attachmentId, mediaType, sha256 } = paper
    return counter.job(
      'attachment.store',
      { attachmentId, caseId: lane, kind: 'portrait', mediaType, sha256 },
      { lane, staffId: clerk.staffId },
    )
  }
  const outcomeOf = (result: { outcome: string; error?: { code: string } } | undefined) =>
    result?.outcome === 'refused' ? result.error?.code : result?.outcome

  it('arrives whole though the service is restarted in the middle, and becomes an attachment exactly once, sealed', async () => {
    const content = photograph(1_000_000)
    const paper = paperOf(content)
    expect(await begin(paper)).toMatchObject({ status: 200, offset: 0, complete: false })
    await bring(paper.attachmentId, 0, content.subarray(0, partBytes))
    await bring(paper.attachmentId, partBytes, content.subarray(partBytes, 2 * partBytes))
    await suite().restart()
    expect(await ask(suite().counter, 'GET', `/v1/uploads/${paper.attachmentId}`)).toMatchObject({
      offset: 2 * partBytes,
    })
    // A counter that lost everything but the paper begins again and is told where it was.
    expect(await begin(paper)).toMatchObject({ status: 200, offset: 2 * partBytes })
    const job = storeJob(paper)
    expect(outcomeOf((await suite().counter.sendJobs([storeJob(paper)]))[0])).toBe('job.invalidReference')
    expect(await bringAll(paper.attachmentId, content, 2 * partBytes)).toMatchObject({ status: 200, complete: true })
    const twins = await Promise.all([suite().counter.sendJobs([job]), suite().counter.sendJobs([job])])
    expect(twins.map(([result]) => result?.outcome)).toEqual(['accepted', 'accepted'])
    expect(JSON.stringify(twins[0])).toBe(JSON.stringify(twins[1]))
    const { look } = suite()
    if (!look) return
    const row = await look.db
      .selectFrom('attachment')
      .select(['content', 'key_id', 'sha256'])
      .where('attachment_id', '=', paper.attachmentId)
      .executeTakeFirstOrThrow()
    expect(row.key_id).toBe('database')
    expect(Buffer.from(row.content).includes(content.subarray(100, 164))).toBe(false)
    expect(row.content.byteLength).toBe(content.byteLength + 28)
    expect(await look.db.selectFrom('upload_part').select('upload_id').execute()).toEqual([])
  })

  it('goes on only where it ended, in parts that are not too large', async () => {
    const content = photograph(500_000)
    const paper = paperOf(content)
    await begin(paper)
    const { attachmentId } = paper
    expect(await bring(attachmentId, 10, content.subarray(10, 20))).toMatchObject({
      status: 409,
      error: { code: 'upload.offsetDiffers', params: { offset: 0 } },
    })
    const twins = await Promise.all([1, 2, 3].map(() => bring(attachmentId, 0, content.subarray(0, 100_000))))
    expect(twins.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
    expect((await bring(attachmentId, 100_000, Buffer.alloc(0))).status).toBeGreaterThanOrEqual(400)
    expect((await bring(attachmentId, 100_000, Buffer.alloc(1_048_577))).status).toBe(413)
    expect((await bring(attachmentId, 100_000, Buffer.alloc(600_000))).status).toBe(413)
    expect(await bringAll(attachmentId, content, 100_000)).toMatchObject({ complete: true })
    expect(
      (await begin({ ...paper, bytes: 21 * 1024 * 1024, attachmentId: suite().counter.randomCaseId() })).status,
    ).toBe(400)
  })

  it('takes one of two equal parts that come at the same instant, and the whole is right', async () => {
    const content = photograph(2 * partBytes)
    const paper = paperOf(content)
    await begin(paper)
    const first = content.subarray(0, partBytes)
    const twins = await Promise.all([bring(paper.attachmentId, 0, first), bring(paper.attachmentId, 0, first)])
    expect(twins.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await bringAll(paper.attachmentId, content, partBytes)).toMatchObject({ status: 200, complete: true })
  })

  it('goes on at any process, and two of them never take the same part twice', async (context) => {
    const { counter, database, kind, service, world } = suite()
    if (kind === 'PGlite') return context.skip('PGlite lets one process in')
    const beside = await startServiceOn(world, database)
    try {
      const content = photograph(4 * partBytes)
      const paper = paperOf(content)
      await begin(paper)
      let offset = 0
      while (offset < content.byteLength) {
        const part = content.subarray(offset, offset + partBytes)
        const twins = await Promise.all(
          [service.url, beside.url].map((at) => bring(paper.attachmentId, offset, part, counter, at)),
        )
        expect(twins.map(({ status }) => status).sort()).toEqual([200, 409])
        offset += part.byteLength
        // Whoever was too late is told where to go on.
        expect(twins.find(({ status }) => status === 409)!.error).toMatchObject({ params: { offset } })
      }
      expect(outcomeOf((await counter.sendJobs([storeJob(paper)]))[0])).toBe('accepted')
    } finally {
      await beside.close()
    }
  })

  it('is removed when it is not what it said it would be', async () => {
    const content = photograph(20_000)
    const changed = Buffer.from(content)
    changed[5_000]! ^= 1
    const lied = paperOf(content)
    await begin(lied)
    expect(await bringAll(lied.attachmentId, changed)).toMatchObject({ error: { code: 'picture.hashMismatch' } })
    expect((await ask(suite().counter, 'GET', `/v1/uploads/${lied.attachmentId}`)).status).toBe(404)
    for (const [bad, mediaType] of [
      [Buffer.from('MZ this is a program, not a picture at all'), 'image/png'],
      [content, 'image/jpeg'],
      [content, 'text/html'],
      [Buffer.from('%PDF-1.7 is no form here'), 'text/html'],
    ] as const) {
      const paper = paperOf(bad, { mediaType })
      await begin(paper)
      expect(await bringAll(paper.attachmentId, bad)).toMatchObject({ error: { code: 'picture.unreadable' } })
    }
    const form = Buffer.from(`<!doctype html><p>${'签'.repeat(1_000)}</p>`)
    const paper = paperOf(form, { mediaType: 'text/html' })
    await begin(paper)
    expect(await bringAll(paper.attachmentId, form)).toMatchObject({ complete: true })
  })

  it('belongs to the counter that began it', async () => {
    const { counter, chengdu } = suite()
    const content = photograph(1_000)
    const paper = paperOf(content)
    await begin(paper)
    expect(await begin(paper, chengdu)).toMatchObject({ status: 422, error: { code: 'job.invalidReference' } })
    expect((await ask(chengdu, 'GET', `/v1/uploads/${paper.attachmentId}`)).status).toBe(404)
    expect((await bring(paper.attachmentId, 0, content, chengdu)).status).toBe(404)
    expect(await begin({ ...paper, sha256: 'a'.repeat(64) })).toMatchObject({ error: { code: 'job.invalidReference' } })
    expect(await bringAll(paper.attachmentId, content)).toMatchObject({ complete: true })
    const other = { ...storeJob(paper), payload: { ...(storeJob(paper).payload as object), sha256: 'b'.repeat(64) } }
    expect(outcomeOf((await counter.sendJobs([other]))[0])).toBe('job.invalidReference')
  })

  it('is forgotten when nobody goes on with it, and one counter cannot open any number', async (context) => {
    const { counter, look } = suite()
    const opened = []
    for (let index = 0; index < 40; index += 1) opened.push((await begin(paperOf(photograph(100)))).status)
    expect(opened.filter((status) => status === 429).length).toBeGreaterThan(0)
    if (!look) return context.skip('PGlite has one connection, which the service holds: nobody else can look in')
    expect(await forgetUploads(look.db, Date.now())).toBe(0)
    expect(await forgetUploads(look.db, Date.now() + uploadLifeMs + 1_000)).toBeGreaterThanOrEqual(30)
    expect((await begin(paperOf(photograph(100)), counter)).status).toBe(200)
  })
})
