import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { type CounterClient, createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, type PreparedCase, prepareCase, submitJob } from '../../support/counter-journey.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts'
import { enrolment } from '../../support/service-suite.ts'
import { type OutsideWorld, startOutsideWorld } from '../../support/service-world.ts'

/*
 * The disk of the database runs full, for real: its data lies on a small file system of its own, which something else fills. Nobody is told
 * that something was taken in which is not there, operators are told, and all goes on by itself when there is room again.
 */

const run = promisify(execFile)
const token = 'operators-only-4711'
let disk: string | undefined
let noDisk = ''
let world: OutsideWorld
let cluster: PostgresCluster
let service: ServiceProcess
let look: OpenDatabase
let counter: CounterClient
let waiting: PreparedCase

/** A file system of 300 megabytes in memory; only root may make one, and not inside every container. */
async function makeDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'counterfoil-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', folder])
    await chmod(folder, 0o755)
    return folder
  } catch (error) {
    noDisk = `no file system can be mounted here: ${(error as Error).message.split('\n')[0]}`
    await rm(folder, { recursive: true })
    return undefined
  }
}

beforeAll(async () => {
  disk = await makeDisk()
  if (!disk) return
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  cluster = await startPostgres({ inFolder: disk })
  const url = await cluster.createDatabase()
  look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  service = await startServiceProcess(world, url, {}, { operationToken: token, logLevel: 'warn' })
  counter = await createCounterClient(service.url)
  await counter.enrol(enrolment.first)
  await counter.signIn(clerk.staffId, clerk.password)
  waiting = await prepareCase(counter, world, await world.someone('clean'))
})
afterAll(async () => {
  await service?.stop()
  await look?.close()
  await cluster?.stop()
  await world?.close()
  if (disk) {
    await run('umount', [disk])
    await rm(disk, { recursive: true })
  }
})

const filler = () => join(disk!, 'somebody-elses-file')

/** Writes until nothing more fits. */
async function fill(): Promise<void> {
  const file = await open(filler(), 'w')
  try {
    for (const size of [1024 * 1024, 4096]) {
      const part = Buffer.alloc(size, 'x')
      for (;;) await file.write(part)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}

const ready = async () => {
  const response = await fetch(`${service.url}/health/ready`)
  return { code: response.status, status: ((await response.json()) as { status: string }).status }
}

const troubles = async () => {
  const response = await fetch(new URL('/metrics', service.operatorPage()), {
    headers: { authorization: `Bearer ${token}` },
  })
  return Number(/counterfoil_database_troubles_total\{code="53100"\} (\d+)/.exec(await response.text())?.[1] ?? 0)
}

interface Told {
  status: number
  retryAfter: string | null
  body: { offset?: number; complete?: boolean; results?: { outcome: string }[]; error?: { code: string } }
}

async function told(response: Response): Promise<Told> {
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Told['body'],
  }
}

const paperBytes = 8 * 1024 * 1024
const partBytes = 512 * 1024

async function bring(attachmentId: string, offset: number, content: Buffer): Promise<Told> {
  const path = `/v1/uploads/${attachmentId}`
  return told(
    await fetch(`${service.url}${path}?offset=${offset}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/offset+octet-stream',
        dpop: await counter.proof('PATCH', path),
      },
      body: new Uint8Array(content.subarray(offset, offset + partBytes)),
    }),
  )
}

const isSentAway = (answer: Told) =>
  expect(answer).toMatchObject({ status: 503, retryAfter: '2', body: { error: { code: 'connection.busy' } } })

test('a disk that runs full loses nothing, is told of, and everything goes on when there is room again', async (context) => {
  if (!disk) return context.skip(noDisk)
  expect(await ready()).toEqual({ code: 200, status: 'ready' })
  const jpeg = Buffer.from('ffd8ffe0', 'hex')
  const content = Buffer.concat([jpeg, randomBytes(paperBytes - jpeg.byteLength)])
  const attachmentId = counter.randomCaseId()
  const announced = {
    attachmentId,
    mediaType: 'image/jpeg',
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.byteLength,
  }
  expect((await counter.request('POST', '/v1/uploads', announced)).status).toBe(200)
  let confirmed = (await bring(attachmentId, 0, content)).body.offset!
  expect(confirmed).toBe(partBytes)

  await fill()
  // What is left inside of pages that are there may still be used; then it is full.
  let last: Told
  do {
    last = await bring(attachmentId, confirmed, content)
    confirmed = last.body.offset ?? confirmed
  } while (last.status === 200)
  isSentAway(last)
  const jobs = [...waiting.jobsBefore, submitJob(counter, waiting)] as { id: string }[]
  const accepted = new Set<string>()
  for (let times = 0; times < 3; times += 1) {
    const answer = await told(await counter.request('POST', '/v1/jobs', { jobs }))
    if (answer.status !== 200) isSentAway(answer)
    for (const [at, result] of (answer.body.results ?? []).entries())
      if (result.outcome === 'accepted') accepted.add(jobs[at]!.id)
  }
  const kept = async () => {
    const rows = await look.db.selectFrom('job').select('id').execute()
    return rows.map(({ id }) => id).filter((id) => jobs.some((job) => job.id === id))
  }
  expect(new Set(await kept())).toEqual(accepted)
  expect(accepted.size).toBeLessThan(jobs.length)
  isSentAway(await bring(attachmentId, confirmed, content))
  expect(await ready()).toEqual({ code: 503, status: 'database has no room' })
  expect(await troubles()).toBeGreaterThan(0)
  expect(service.output()).toContain('"code":"53100"')

  await rm(filler())
  // By itself: nobody restarts anything.
  await expect.poll(ready, { timeout: 20_000 }).toEqual({ code: 200, status: 'ready' })
  const state = await told(await counter.request('GET', `/v1/uploads/${attachmentId}`))
  expect(state.body).toMatchObject({ offset: confirmed, complete: false })
  while (confirmed < content.byteLength) {
    const answer = await bring(attachmentId, confirmed, content)
    expect(answer.status).toBe(200)
    confirmed = answer.body.offset!
  }
  for (let times = 0; times < 2; times += 1) {
    const results = await counter.sendJobs(jobs)
    expect(results.map(({ outcome }) => outcome)).toEqual(jobs.map(() => 'accepted'))
  }
  expect((await kept()).sort()).toEqual(jobs.map(({ id }) => id).sort())
  await followOrder(counter, waiting.order.orderId, (view) => view.state === 'completed', 60)
})
