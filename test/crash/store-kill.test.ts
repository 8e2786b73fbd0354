import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenStoreOptions, openStore, type Store } from '../../src/main/core/storage/store.ts'
import { seeded } from '../support/seeded.ts'
import { auditLedger, firstKey, ledgerMigrations, newLedger } from './ledger.ts'

/** More with STORE_KILLS=1000. */
const kills = Number(process.env.STORE_KILLS ?? 20)
const child = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterfoil-kill-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Starts the child, lets it work for a while and kills it; returns what it had printed by then. */
async function runAndKill(firstDeed: number, workMs: number): Promise<{ state: string; answered: number[] }> {
  const process_ = spawn(process.execPath, [child, folder, String(firstDeed)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  process_.stderr.on('data', (part) => {
    errors += part
  })
  await new Promise<void>((resolve, reject) => {
    process_.stdout.on('data', (part) => {
      if (output === '') setTimeout(() => process_.kill('SIGKILL'), workMs)
      output += part
    })
    process_.on('error', reject)
    process_.on('close', () => resolve())
  })
  const lines = output.split('\n').slice(0, -1)
  if (!lines[0]?.startsWith('opened ')) throw new Error(`the child did not open the store: ${errors}`)
  return { state: lines[0].slice('opened '.length), answered: lines.slice(1).map(Number) }
}

async function open(): Promise<Store> {
  const options: OpenStoreOptions = {
    folder,
    key: firstKey,
    migrations: ledgerMigrations,
    worker: new URL('../../src/main/core/storage/store-worker.ts', import.meta.url),
    now: Date.now,
  }
  const opened = await openStore(options)
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

test(`a process killed ${kills} times keeps everything it answered`, { timeout: 60_000 + kills * 5_000 }, async () => {
  const chance = seeded(99)
  const ledger = newLedger()
  let answeredInAll = 0
  for (let kill = 1; kill <= kills; kill += 1) {
    const { state, answered } = await runAndKill(ledger.tried + 1, 5 + chance() * 250)
    expect(state, `kill ${kill}`).not.toBe('damaged')
    for (const deed of answered) ledger.answered.add(deed)
    answeredInAll += answered.length
    // Beyond what was answered there may be deeds whose answer was on its way.
    ledger.tried = Number.MAX_SAFE_INTEGER
    const store = await open()
    expect(store.opening.state, `kill ${kill}`).not.toBe('damaged')
    expect(await auditLedger(store, ledger, true), `kill ${kill}`).toEqual([])
    const last = await store.get<{ deed: number }>('SELECT coalesce(max(deed), 0) AS deed FROM entry')
    ledger.tried = last!.deed
    await store.close()
  }
  expect(answeredInAll).toBeGreaterThan(kills * 5)
})
