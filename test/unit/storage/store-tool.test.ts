import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '../../../src/main/core/storage/store.ts'
import { openKeyFile } from '../../../src/main/node/key-file.ts'

const tool = fileURLToPath(new URL('../../../scripts/store/main.ts', import.meta.url))
const worker = new URL('../../../src/main/core/storage/store-worker.ts', import.meta.url)
const key = new Uint8Array(32).fill(3)

let folder = ''
let keyFile = ''
let store: Store
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-tool-'))
  keyFile = `${folder}.key`
  writeFileSync(keyFile, Buffer.from(key).toString('hex'))
  const migrations = [{ version: 1, name: 'cases', statements: ['CREATE TABLE case_file (id INTEGER, photo BLOB)'] }]
  const opened = await openStore({ folder, key, migrations, worker, now: Date.now })
  if (!opened.ok) throw new Error(opened.error.code)
  store = opened.value
  await store.transaction(async (tx) => tx.run('INSERT INTO case_file VALUES (?, ?)', [1, new Uint8Array([1, 2])]))
  await store.snapshotNow()
  await store.transaction(async (tx) => tx.run('INSERT INTO case_file VALUES (?, ?)', [2, null]))
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
  rmSync(keyFile, { force: true })
})

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [tool, ...args], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })
}

function contents(): string[] {
  return readdirSync(folder).map(
    (name) => `${name} ${statSync(join(folder, name)).size} ${readFileSync(join(folder, name), 'base64')}`,
  )
}

test('the tool reads a store, also one that is open, and changes nothing', { timeout: 30_000 }, async () => {
  const before = contents()
  const [inspected, verified, exported] = await Promise.all([
    run('inspect', folder, '--key-file', keyFile),
    run('verify', folder, '--key-file', keyFile),
    run('export', folder, '--key-file', keyFile),
  ])
  expect(inspected.code).toBe(0)
  expect(JSON.parse(inspected.out)).toMatchObject({
    generation: 1,
    framesReplayed: 1,
    lastSequence: 3,
    schemaVersion: 1,
    tables: [
      { name: 'case_file', rows: 2 },
      { name: 'store_migrations', rows: 1 },
    ],
  })
  expect(verified.code).toBe(0)
  expect(JSON.parse(verified.out)).toMatchObject({ ok: true, frames: 1 })
  expect(
    exported.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { table: 'case_file', row: { id: 1, photo: { base64: 'AQI=' } } },
    { table: 'case_file', row: { id: 2, photo: null } },
    { table: 'store_migrations', row: { version: 1, name: 'cases' } },
  ])
  expect(contents()).toEqual(before)
})

test('without the right key it says so', { timeout: 30_000 }, async () => {
  const wrong = `${folder}.wrong`
  writeFileSync(wrong, new Uint8Array(32))
  const [refused, incomplete] = await Promise.all([run('export', folder, '--key-file', wrong), run('inspect', folder)])
  rmSync(wrong)
  expect(refused).toMatchObject({ code: 1, out: '', err: 'this key does not belong to this store\n' })
  expect(incomplete.code).toBe(2)
})

test('what was set aside stays readable after the key has changed, and only with the new key', {
  timeout: 60_000,
}, async () => {
  const damagedFolder = mkdtempSync(join(tmpdir(), 'counterfoil-aside-'))
  const newKey = new Uint8Array(32).fill(4)
  const keys = { old: `${damagedFolder}.old`, new: `${damagedFolder}.new` }
  writeFileSync(keys.old, key)
  writeFileSync(keys.new, newKey)
  const migrations = [{ version: 1, name: 'notes', statements: ['CREATE TABLE note (text TEXT)'] }]
  const open = async () => {
    const opened = await openStore({ folder: damagedFolder, key, migrations, worker, now: Date.now })
    if (!opened.ok) throw new Error(opened.error.code)
    return opened.value
  }
  const first = await open()
  for (const text of ['one', 'two', 'three'])
    await first.transaction(async (tx) => tx.run('INSERT INTO note VALUES (?)', [text]))
  await first.close()
  const journal = join(damagedFolder, 'journal-00000001.cfj')
  const bytes = readFileSync(journal)
  bytes[4096 + 100]! ^= 1
  writeFileSync(journal, bytes)

  const second = await open()
  expect(second.opening.state).toBe('damaged')
  await second.rotateKey(newKey)
  await second.rotateKey(newKey)
  await second.close()
  const told = await run('set-aside', damagedFolder, '--key-file', keys.new)
  const refused = await run('set-aside', damagedFolder, '--key-file', keys.old)
  for (const path of [damagedFolder, keys.old, keys.new]) rmSync(path, { recursive: true, force: true })
  const lines = told.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { writes: { params: unknown[] }[] })
  expect(lines.map(({ writes }) => writes[0]!.params[0])).toEqual(['one', 'two', 'three'])
  expect(refused).toMatchObject({ code: 1, out: '', err: 'this key does not open the store\n' })
})

test('a counter’s own data folder is enough: its key file is found and understood', { timeout: 30_000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-tool-'))
  const keys = openKeyFile(data, join(data, 'store'))
  const opened = await openStore({
    folder: join(data, 'store'),
    key: keys!.storeKey,
    migrations: [{ version: 1, name: 'cases', statements: ['CREATE TABLE case_file (id INTEGER)'] }],
    worker,
    now: Date.now,
  })
  if (!opened.ok) throw new Error(opened.error.code)
  await opened.value.transaction(async (tx) => tx.run('INSERT INTO case_file VALUES (?)', [1]))
  await opened.value.close()
  for (const args of [[data], [join(data, 'store')], [join(data, 'store'), '--key-file', join(data, 'counter.key')]])
    expect(await run('verify', ...args)).toMatchObject({ code: 0 })
  rmSync(join(data, 'counter.key'))
  expect(await run('verify', data)).toMatchObject({ code: 2, err: expect.stringContaining('--key-file') })
  rmSync(data, { recursive: true, force: true })
})

test('a damaged key file is said like a lost one, and no new key takes its place', () => {
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-tool-'))
  for (const damaged of ['', '{"storeKey":"2XWk', '{"storeKey":"c2hvcnQ="}', '[]', 'null']) {
    writeFileSync(join(data, 'counter.key'), damaged)
    expect(openKeyFile(data, join(data, 'store'))).toBeUndefined()
    expect(readFileSync(join(data, 'counter.key'), 'utf8')).toBe(damaged)
  }
  rmSync(data, { recursive: true, force: true })
})
