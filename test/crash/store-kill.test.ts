import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFileSystem } from '../../src/main/core/storage/node-file-system.ts'
import { type OpenStoreOptions, openStore, type Store } from '../../src/main/core/storage/store.ts'
import { seeded } from '../support/seeded.ts'
import { auditLedger, firstKey, ledgerMigrations, newLedger } from './ledger.ts'

/** More with STORE_KILLS=1000. */
const kills = Number(process.env.STORE_KILLS ?? 20)
/** Kills one store lives through; then a new one begins, so that looking through its books does not take ever longer. */
const killsPerStore = 100
const child = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

let place = ''
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'counterfoil-kill-'))
})
afterAll(async () => {
  await rm(place, { recursive: true, force: true })
})

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts a process that has loaded everything and waits to be told which folder to open: that takes longest. */
function startChild(): Child {
  return spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Lets the child open the store and work for a while, and kills it; returns what it had printed by then. */
async function workAndKill(
  process_: Child,
  order: { folder: string; firstDeed: number },
  workMs: number,
): Promise<{ state: string; answered: number[] }> {
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
    process_.stdin.write(`${JSON.stringify(order)}\n`)
  })
  const lines = output.split('\n').slice(0, -1)
  if (!lines[0]?.startsWith('opened ')) throw new Error(`the child did not open the store: ${errors}`)
  return { state: lines[0].slice('opened '.length), answered: lines.slice(1).map(Number) }
}

/** Opens what the killed process left, with the engine in this thread. */
async function open(folder: string): Promise<Store> {
  const options: OpenStoreOptions = {
    folder,
    key: firstKey,
    migrations: ledgerMigrations,
    worker: new URL('../../src/main/core/storage/store-worker.ts', import.meta.url),
    files: createNodeFileSystem(),
    now: Date.now,
  }
  const opened = await openStore(options)
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

test(`a process killed ${kills} times keeps everything it answered`, { timeout: 60_000 + kills * 5_000 }, async () => {
  const chance = seeded(99)
  let ledger = newLedger()
  let folder = ''
  let answeredInAll = 0
  let next = startChild()
  const began = performance.now()
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      if (kill % killsPerStore === 1) {
        if (folder) await rm(folder, { recursive: true })
        folder = join(place, `store-${kill}`)
        ledger = newLedger()
      }
      const present = next
      next = startChild()
      const order = { folder, firstDeed: ledger.tried + 1 }
      const { state, answered } = await workAndKill(present, order, 5 + chance() * 250)
      expect(state, `kill ${kill}`).not.toBe('damaged')
      for (const deed of answered) ledger.answered.add(deed)
      answeredInAll += answered.length
      // Beyond what was answered there may be deeds whose answer was on its way.
      ledger.tried = Number.MAX_SAFE_INTEGER
      const store = await open(folder)
      expect(store.opening.state, `kill ${kill}`).not.toBe('damaged')
      expect(await auditLedger(store, ledger, true), `kill ${kill}`).toEqual([])
      const last = await store.get<{ deed: number }>('SELECT coalesce(max(deed), 0) AS deed FROM entry')
      ledger.tried = last!.deed
      await store.close()
      if (kill % 100 === 0)
        console.log(
          `${kill} kills, ${answeredInAll} answered, ${((performance.now() - began) / kill).toFixed(0)} ms each`,
        )
    }
  } finally {
    next.kill('SIGKILL')
  }
  expect(answeredInAll).toBeGreaterThan(kills * 5)
})
