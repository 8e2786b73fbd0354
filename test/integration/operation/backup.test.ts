import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { loadPaperKeys, paperName } from '../../../service/src/papers/paper-keys.ts'
import type { RunningService } from '../../../service/src/start.ts'
import { createCounterClient } from '../../support/counter-client.ts'
import { clerk, followOrder, handIn, prepareCase } from '../../support/counter-journey.ts'
import { installedPostgres, startInstalledPostgres } from '../../support/installed-postgres.ts'
import { type PostgresCluster, startPostgres } from '../../support/postgres.ts'
import { enrolment } from '../../support/service-suite.ts'
import { configFor, type OutsideWorld, startOutsideWorld, startServiceOn } from '../../support/service-world.ts'

/*
 * Backup and restore as docs/guide/operation.md has them, with papers, keys and the anchor file. That counters bring back what a restored
 * service forgot is the matter of restored-service.test.ts, which takes its backup in the same way.
 */
const keys = { before: '11'.repeat(32), after: '22'.repeat(32) }
const silent = { info() {}, warn() {}, error() {} }
const main = fileURLToPath(new URL('../../../service/src/main.ts', import.meta.url))

let world: OutsideWorld
let cluster: PostgresCluster | undefined
let folder: string
let url: string
let service: RunningService | undefined
let look: OpenDatabase | undefined

beforeAll(async () => {
  world = await startOutsideWorld()
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
})
afterAll(() => world?.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterfoil-backup-'))
})
afterEach(async () => {
  await stop()
  await cluster?.stop()
  cluster = undefined
  await rm(folder, { recursive: true, force: true })
})

const keyFile = () => join(folder, 'paper-keys.json')
const anchors = () => join(folder, 'anchors.jsonl')

async function start(current: keyof typeof keys, held: Partial<typeof keys>) {
  await writeFile(keyFile(), JSON.stringify({ current, keys: held }))
  const database = { kind: 'postgres' as const, url, poolSize: 5 }
  const { files } = configFor(world.simulators, database)
  service = await startServiceOn(world, database, {
    files: { ...files, paperKeys: keyFile() },
    housekeeping: { everySeconds: 0.3, anchors: { everySeconds: 0, file: anchors() } },
  })
  look = await openDatabase({ ...database, poolSize: 2 })
}
async function stop() {
  await look?.close()
  await service?.close()
  look = undefined
  service = undefined
}

async function wholeRoad(code: string): Promise<string> {
  const counter = await createCounterClient(service!.url)
  await counter.enrol(code)
  await counter.signIn(clerk.staffId, clerk.password)
  const prepared = await prepareCase(counter, world, await world.someone('clean'))
  await handIn(counter, prepared)
  await followOrder(counter, prepared.order.orderId, (order) => order.state === 'completed')
  return prepared.caseId
}
const papersOf = (caseId: string) =>
  look!.db.selectFrom('attachment').selectAll().where('case_id', '=', caseId).orderBy('attachment_id').execute()

function verifyAudit(): Promise<{ code: number; said: string }> {
  const environment = { ...process.env, DATABASE_URL: url }
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [main, '--verify-audit', '--anchor-file', anchors(), '--log-level', 'silent'],
      { env: environment },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, said: out + err }),
    ),
  )
}

/** The two ways of the page: copying files between two statements, and `pg_basebackup` wherever a server with its tools is installed. */
const installed = installedPostgres()
const ways: [string, () => Promise<PostgresCluster>][] = [
  ['files copied between two statements', startPostgres],
  ...(installed ? [['pg_basebackup', () => startInstalledPostgres(installed)] as never] : []),
]

test.each(ways)(
  'a backup of this page (%s), put back: papers open with the keys of its time, and the chains are whole',
  async (_way, startCluster) => {
    cluster = await startCluster()
    url = await cluster.createDatabase()
    await start('before', { before: keys.before })
    const kept = await wholeRoad(enrolment.first)
    await expect.poll(async () => (await readFile(anchors(), 'utf8').catch(() => '')).length).toBeGreaterThan(0)
    const putBack = await cluster.backUp()

    // Life goes on: another order, and the key of papers is changed.
    const lost = await wholeRoad(enrolment.second)
    await stop()
    await start('after', keys)
    await expect
      .poll(async () => (await papersOf(kept)).every(({ key_id }) => key_id === 'after'), { timeout: 20_000 })
      .toBe(true)
    await stop()
    expect(await verifyAudit()).toMatchObject({ code: 0 })

    await putBack()
    const { code, said } = await verifyAudit()
    expect(code).toBe(1)
    const complaints = said.split('\n').filter((line) => line !== '' && !line.startsWith('BROKEN'))
    expect(complaints.length).toBeGreaterThan(0)
    for (const line of complaints) expect(line).toContain('an older backup was restored')

    look = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
    expect(await papersOf(lost)).toEqual([])
    const papers = await papersOf(kept)
    expect(papers).toHaveLength(4)
    expect(papers.map(({ key_id }) => key_id)).toEqual(Array(4).fill('before'))
    const both = await loadPaperKeys(look.db, keyFile(), silent)
    for (const { attachment_id, content, key_id, sha256 } of papers) {
      const opened = both.open({ keyId: key_id!, sealed: content }, paperName(attachment_id))
      expect(createHash('sha256').update(opened).digest('hex')).toBe(sha256)
    }
    // Whoever has thrown the older key away cannot.
    await writeFile(keyFile(), JSON.stringify({ current: 'after', keys: { after: keys.after } }))
    const newerOnly = await loadPaperKeys(look.db, keyFile(), silent)
    const [first] = papers
    expect(() =>
      newerOnly.open({ keyId: first!.key_id!, sealed: first!.content }, paperName(first!.attachment_id)),
    ).toThrow('not at hand')
    await look.close()

    // And it serves again.
    await start('after', keys)
    await wholeRoad(enrolment.third)
    await expect
      .poll(async () => (await papersOf(kept)).every(({ key_id }) => key_id === 'after'), { timeout: 20_000 })
      .toBe(true)
  },
  180_000,
)
