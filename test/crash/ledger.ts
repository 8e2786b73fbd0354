import type { EngineOptions } from '../../src/main/core/storage/engine-options.ts'
import { openLocalLink } from '../../src/main/core/storage/local-link.ts'
import type { Migration } from '../../src/main/core/storage/migrations.ts'
import type { OpeningReport } from '../../src/main/core/storage/reports.ts'
import type { Store } from '../../src/main/core/storage/store.ts'
import { createStore } from '../../src/main/core/storage/store-client.ts'
import type { FaultDisk } from '../support/fault-file-system.ts'

/** A small business whose books show at once whether a transaction is missing, halved or doubled. */
export const ledgerMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'entries without any uniqueness, so that a doubled transaction shows',
    statements: ['CREATE TABLE entry (deed INTEGER NOT NULL, part INTEGER NOT NULL, note TEXT NOT NULL) STRICT'],
  },
  {
    version: 2,
    name: 'a running total',
    statements: ['CREATE TABLE total (deeds INTEGER NOT NULL) STRICT', 'INSERT INTO total (deeds) VALUES (0)'],
  },
]

export const folder = '/data'
export const firstKey = new Uint8Array(32).fill(1)
export const secondKey = new Uint8Array(32).fill(2)

/** Parts every deed has; one more or less is a halved or doubled transaction. */
const parts = 3

/** What the outside world knows: which deeds were answered, refused, or neither. */
export interface Ledger {
  tried: number
  answered: Set<number>
  refused: Set<number>
}

export function newLedger(): Ledger {
  return { tried: 0, answered: new Set(), refused: new Set() }
}

/** Small segments and no timers: every operation happens because the run asked for it. */
function engineOptions(disk: FaultDisk, key = firstKey): EngineOptions {
  const snapshotAfter = { idleMs: Number.POSITIVE_INFINITY }
  return { files: disk.files, folder, key, migrations: ledgerMigrations, segmentBytes: 8192, snapshotAfter }
}

/** Opens the books; throws when the store refuses, with its code as message. */
export async function openLedger(disk: FaultDisk, key = firstKey): Promise<Store & { opening: OpeningReport }> {
  const opened = await openLocalLink(engineOptions(disk, key))
  if (!opened.ok) throw new Error(opened.error.code)
  return createStore(
    opened.value.link,
    opened.value.report,
    () => {},
    () => {},
  )
}

/** One deed: several rows and the running total, in one transaction. Never rejects: the ledger keeps the outcome. */
export async function writeDeed(store: Store, ledger: Ledger, noteLength = 40): Promise<void> {
  ledger.tried += 1
  const deed = ledger.tried
  try {
    await store.transaction(async (tx) => {
      tx.run('UPDATE total SET deeds = deeds + 1')
      for (let part = 1; part <= parts; part += 1) {
        tx.run('INSERT INTO entry (deed, part, note) VALUES (?, ?, ?)', [deed, part, 'n'.repeat(noteLength)])
        if (deed % 4 === 0 && part === 2) await tx.get('SELECT count(*) AS n FROM entry')
      }
    })
    ledger.answered.add(deed)
  } catch {
    ledger.refused.add(deed)
  }
}

/** Everything wrong with the books, in words; empty when they are right. */
export async function auditLedger(store: Store, ledger: Ledger, refusedMayBeThere: boolean): Promise<string[]> {
  const rows = await store.query<{ deed: number; n: number; kinds: number }>(
    'SELECT deed, count(*) AS n, count(DISTINCT part) AS kinds FROM entry GROUP BY deed',
  )
  const total = await store.get<{ deeds: number }>('SELECT deeds FROM total')
  const there = new Map(rows.map((row) => [row.deed, row]))
  const wrong: string[] = []
  for (const deed of ledger.answered) if (!there.has(deed)) wrong.push(`deed ${deed} was answered and is lost`)
  for (const [deed, { n, kinds }] of there) {
    if (n !== parts || kinds !== parts) wrong.push(`deed ${deed} has ${n} rows of ${kinds} kinds`)
    if (deed > ledger.tried) wrong.push(`deed ${deed} was never written`)
    if (!refusedMayBeThere && ledger.refused.has(deed)) wrong.push(`deed ${deed} was refused and is there`)
  }
  if (total?.deeds !== there.size) wrong.push(`the total says ${total?.deeds}, there are ${there.size} deeds`)
  return wrong
}

/** A working day: single and concurrent deeds, segments filling up, snapshots, a new key, closing, opening again. */
export async function workingDay(disk: FaultDisk, ledger: Ledger, changeKey: boolean): Promise<void> {
  let store = await openLedger(disk)
  for (let count = 0; count < 5; count += 1) await writeDeed(store, ledger)
  await Promise.all(Array.from({ length: 6 }, () => writeDeed(store, ledger, 300)))
  await store.snapshotNow().catch(() => {})
  await Promise.all([writeDeed(store, ledger), writeDeed(store, ledger), writeDeed(store, ledger, 2000)])
  const snapshot = store.snapshotNow().catch(() => {})
  for (let count = 0; count < 4; count += 1) await writeDeed(store, ledger, 500)
  await snapshot
  await writeDeed(store, ledger)
  await store.close()
  store = await openLedger(disk)
  await writeDeed(store, ledger, 100)
  if (changeKey) await store.rotateKey(secondKey).catch(() => {})
  await writeDeed(store, ledger)
  await store.close()
}
