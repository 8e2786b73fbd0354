import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anchorAudit } from '../../../service/src/audit/anchor.ts'
import { appendAudit } from '../../../service/src/audit/append-audit.ts'
import { readAnchorLines, verifyAudit } from '../../../service/src/audit/verify-audit.ts'
import { type OpenDatabase, openDatabase } from '../../../service/src/database/open-database.ts'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { newPglite, preparePgliteFolder } from '../../support/pglite.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
let folder: string
let database: OpenDatabase
let file: string
let at = 1_700_000_000_000
const clock = { now: () => instant(at) }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-anchors-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(async () => {
  database = await openDatabase(await newPglite())
  file = join(folder, `${at}.jsonl`)
  return () => database.close()
})

const act = (storeId: string, subject: string) =>
  database.db
    .transaction()
    .execute((tx) => appendAudit(tx, { storeId, at, actor: '100108', action: 'approval.granted', subject }))
const anchor = () => {
  at += 3_600_000
  return anchorAudit({ db: database.db, clock, log: silent }, { everySeconds: 3600, file })
}
const verify = async () => verifyAudit(database.db, readAnchorLines(readFileSync(file, 'utf8')))

async function someDays(): Promise<void> {
  for (const subject of ['a', 'b', 'c']) {
    await act('SZ-HQB', subject)
    await act('CD-CXL', subject)
    await anchor()
  }
}

describe('anchors of the audit chains', () => {
  test('are made only when a chain has grown, and hold', async () => {
    expect(await anchor()).toBeUndefined()
    await someDays()
    expect(await anchor()).toBeUndefined()
    expect(await verify()).toEqual({ chains: 2, entries: 6, anchors: 3, outside: 3, faults: [] })
  })

  test('show a chain that was rewritten as a whole, hashes and all', async () => {
    await someDays()
    // Whoever holds the database starts the store's history anew: every hash fits every other.
    await database.db.deleteFrom('audit_entry').where('chain', '=', 'SZ-HQB').execute()
    await database.db
      .updateTable('audit_chain')
      .set({ last_sequence: 0, last_hash: '0'.repeat(64) })
      .where('chain', '=', 'SZ-HQB')
      .execute()
    for (const subject of ['a', 'other', 'c']) await act('SZ-HQB', subject)
    const { faults } = await verify()
    expect(faults).toContainEqual({ kind: 'anchor', anchor: 2, chain: 'SZ-HQB' })
    expect(faults.every((fault) => fault.kind === 'anchor' && fault.chain === 'SZ-HQB')).toBe(true)
  })

  test('show that the anchors were made anew with it, by the file outside', async () => {
    await someDays()
    await database.db.deleteFrom('audit_anchor').execute()
    await database.db.deleteFrom('audit_anchored').execute()
    const kept = readFileSync(file)
    await anchor()
    writeFileSync(file, kept)
    expect((await verify()).faults).toEqual([1, 2, 3].map((number) => ({ kind: 'outside', anchor: number })))
  })

  test('show a single changed entry', async () => {
    await someDays()
    await database.db
      .updateTable('audit_entry')
      .set({ actor: '100217' })
      .where('chain', '=', 'CD-CXL')
      .where('sequence', '=', 2)
      .execute()
    expect((await verify()).faults).toEqual([{ kind: 'chain', chain: 'CD-CXL', sequence: 2 }])
  })
})

test('the command checks a folder and says so with its exit code', async () => {
  const data = join(folder, 'service')
  const main = fileURLToPath(new URL('../../../service/src/main.ts', import.meta.url))
  const run = () =>
    spawnSync(process.execPath, [main, '--verify-audit', '--data', data, '--anchor-file', file], { encoding: 'utf8' })
  await preparePgliteFolder(data)
  const kept = await openDatabase({ kind: 'pglite', folder: data })
  await kept.db
    .transaction()
    .execute((tx) => appendAudit(tx, { storeId: 'SZ-HQB', at, actor: 'x', action: 'y', subject: 'z' }))
  at += 3_600_000
  await anchorAudit({ db: kept.db, clock, log: silent }, { everySeconds: 0, file })
  await kept.close()
  const whole = run()
  expect([whole.status, whole.stdout]).toEqual([
    0,
    'whole: 1 chains with 1 entries, 1 anchors, 1 of them held against the file\n',
  ])
  const again = await openDatabase({ kind: 'pglite', folder: data })
  await again.db.updateTable('audit_entry').set({ subject: 'w' }).execute()
  await again.close()
  const broken = run()
  expect(broken.status).toBe(1)
  expect(broken.stdout).toContain('chain SZ-HQB: entry 1 was changed, removed or put elsewhere')
  writeFileSync(file, 'not an anchor\n')
  expect(run().stderr).toContain('line 1 of the anchor file is no anchor')
})

test('a long list of what is wrong arrives whole at a reader who is slower than the command', async () => {
  const data = join(folder, 'service-with-much-to-say')
  const main = fileURLToPath(new URL('../../../service/src/main.ts', import.meta.url))
  await preparePgliteFolder(data)
  const kept = await openDatabase({ kind: 'pglite', folder: data })
  await kept.close()
  // More than a pipe holds: anchors the database has never heard of.
  const anchors = Array.from({ length: 3000 }, (_, index) =>
    JSON.stringify({ anchor: index + 1, at, root: 'f'.repeat(64) }),
  )
  writeFileSync(file, `${anchors.join('\n')}\n`)
  const command = `"${process.execPath}" "${main}" --verify-audit --data "${data}" --anchor-file "${file}" | { sleep 5; cat; }`
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  const said = stdout.trim().split('\n')
  expect(said).toHaveLength(3001)
  expect(said.at(-1)).toMatch(/^BROKEN: /)
})
