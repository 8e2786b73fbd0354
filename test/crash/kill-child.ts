import { openStore } from '../../src/main/core/storage/store.ts'
import { firstKey, ledgerMigrations, newLedger, writeDeed } from './ledger.ts'

/**
 * Run as a process of its own: told on one line which folder to open, it writes deeds as fast as it can, several at once,
 * and prints the number of each one the moment it is answered. It never ends by itself; the test kills it.
 */
const line = await new Promise<string>((resolve) => process.stdin.once('data', (part) => resolve(String(part))))
const { folder, firstDeed } = JSON.parse(line) as { folder: string; firstDeed: number }
const opened = await openStore({
  folder,
  key: firstKey,
  migrations: ledgerMigrations,
  worker: new URL('../../src/main/core/storage/store-worker.ts', import.meta.url),
  snapshotAfter: { frames: 40, bytes: 100_000, idleMs: 0 },
  now: Date.now,
})
if (!opened.ok) throw new Error(opened.error.code)
const ledger = newLedger()
ledger.tried = firstDeed - 1
process.stdout.write(`opened ${opened.value.opening.state}\n`)

const store = opened.value

/** One counter of the store; the three share syncs. A number is printed once, by the one that wrote it. */
async function counter(): Promise<void> {
  for (;;) {
    await writeDeed(store, ledger, Math.floor(Math.random() * 3000))
    for (const deed of ledger.answered) process.stdout.write(`${deed}\n`)
    ledger.answered.clear()
  }
}

await Promise.all([counter(), counter(), counter()])
