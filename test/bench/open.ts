import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import initSqlJs from 'sql.js'
import type { Row } from '../../src/main/core/storage/store.ts'
import { nodeSqlite, openSqlite } from './contenders/node-sqlite.ts'
import { openOurs, ourStore } from './contenders/our-store.ts'
import { openPouch, pouchVersion } from './contenders/pouch.mjs'
import { pouchDocuments } from './contenders/pouch-documents.ts'
import { sqljsExport } from './contenders/sqljs-export.ts'
import { transactions } from './support/generate.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, pairedRatio } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = 9
const jobs = 50_000
const auditRows = 200_000
/** Frames the journal holds on top of the newest snapshot: a day's work that no quiet moment has folded in yet. */
const unfolded = 1_000

/** What the counter asks first: how much waits, and the newest page of cases. */
const waitingQuestion =
  "SELECT count(*) AS waiting, sum(state = 'needs_attention') AS attention FROM outbox_job WHERE state <> 'done'"
const pageQuestion =
  'SELECT case_id, status, name, total_fen, document FROM counter_case ORDER BY created_at DESC, case_id DESC LIMIT 50'

const folder = workplace('open')
const bytes = await build()
const openers: Record<string, { name: string; durability?: string; open: () => Promise<() => unknown>; ms: number[] }> =
  {
    ours: { name: 'Counterfoil store (thread, decrypt, verify, replay)', open: openCounterfoil, ms: [] },
    sqlite: { name: 'node:sqlite, file in the page cache', open: openNodeSqlite, ms: [] },
    sqlitePrompt: { name: 'node:sqlite, with PRAGMA quick_check', open: openCheckedSqlite, ms: [] },
    sqljs: { name: 'sql.js, whole file read', open: openSqlJs, ms: [] },
    pouch: { name: 'PouchDB 9 on LevelDB', open: openPouchDb, ms: [] },
  }

const around: Surroundings[] = []
for (const one of Object.values(openers)) await (await one.open())()
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  const order = round % 2 === 0 ? Object.values(openers) : Object.values(openers).reverse()
  for (const one of order) {
    await pause(100)
    const before = performance.now()
    const close = await one.open()
    one.ms.push(performance.now() - before)
    await close()
  }
}

const { ours, sqlite, sqlitePrompt, sqljs, pouch } = openers as Required<typeof openers>
publish({
  name: 'open',
  what: `from the call to open until the first answer, ${jobs} jobs and ${auditRows} audit rows (${Math.round(bytes / 2 ** 20)} MB as an SQLite file)`,
  rounds,
  around,
  lines: Object.values(openers).map(({ name, ms }) => ({
    name,
    figures: { median_ms: median(ms), least_ms: Math.min(...ms), most_ms: Math.max(...ms) },
  })),
  ratios: {
    open_seconds: median(ours!.ms) / 1000,
    open_vs_sqlite: pairedRatio(ours!.ms, sqlite!.ms),
    open_vs_sqlite_checked: pairedRatio(ours!.ms, sqlitePrompt!.ms),
    open_vs_sqljs: pairedRatio(ours!.ms, sqljs!.ms),
    open_vs_pouchdb: pairedRatio(ours!.ms, pouch!.ms),
  },
  budgets: [
    { key: 'open_seconds', limit: 1, must: 'stay below' },
    { key: 'open_vs_sqlite', limit: 3, must: 'stay below' },
  ],
  versions: { pouchdb: pouchVersion },
})

/** The same rows for everybody; ours with the newest of them in the journal only. */
async function build(): Promise<number> {
  const counterfoil = await ourStore('', `${folder}/ours`)
  const all = [...transactions(jobs, auditRows)]
  await counterfoil.fill(all.slice(0, -unfolded))
  for (const writes of all.slice(-unfolded)) await counterfoil.commit(writes)
  await counterfoil.close()
  for (const contender of [
    nodeSqlite('', `${folder}/sqlite`),
    await sqljsExport('', `${folder}/sqljs`),
    pouchDocuments('', `${folder}/pouch`),
  ]) {
    await contender.fill(all)
    await contender.close()
  }
  return readFileSync(`${folder}/sqljs/counter.db`).length
}

function check(counts: Row | undefined, rows: number) {
  if (counts?.waiting !== 200 || rows !== 50) throw new Error('the first answer is wrong')
}

async function openCounterfoil() {
  const store = await openOurs(`${folder}/ours`, { idleMs: Number.POSITIVE_INFINITY })
  const counts = await store.get(waitingQuestion)
  check(counts, (await store.query(pageQuestion)).length)
  return () => store.close()
}

async function openNodeSqlite() {
  const database = openSqlite(`${folder}/sqlite/counter.db`)
  const counts = database.prepare(waitingQuestion).get() as Row | undefined
  check(counts, database.prepare(pageQuestion).all().length)
  return () => database.close()
}

async function openCheckedSqlite() {
  const database = openSqlite(`${folder}/sqlite/counter.db`)
  database.prepare('PRAGMA quick_check').all()
  const counts = database.prepare(waitingQuestion).get() as Row | undefined
  check(counts, database.prepare(pageQuestion).all().length)
  return () => database.close()
}

async function openSqlJs() {
  const { Database } = await initSqlJs()
  const database = new Database(readFileSync(`${folder}/sqljs/counter.db`))
  const counts = database.exec(waitingQuestion)[0]!.values[0]!
  check({ waiting: counts[0] as number }, database.exec(pageQuestion)[0]!.values.length)
  return () => database.close()
}

async function openPouchDb() {
  const database = openPouch(`${folder}/pouch/counter`)
  const waiting = await database.allDocs({ startkey: 'job:pending:', endkey: 'job:pending:\ufff0' })
  const page = await database.allDocs({
    include_docs: true,
    startkey: 'counter_case:\ufff0',
    endkey: 'counter_case:',
    descending: true,
    limit: 50,
  })
  check({ waiting: waiting.rows.length }, page.rows.length)
  return () => database.close()
}
