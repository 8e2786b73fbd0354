import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, type Store } from '../../../src/main/core/storage/store.ts'

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
