import type { TransportAnswer } from '../../src/main/core/ports.ts'
import { nodeSqlite } from './contenders/node-sqlite.ts'
import { ourStore } from './contenders/our-store.ts'
import { caseNumberOf, caseOf, nameOf } from './support/business-rows.ts'
import { ask, counterOn } from './support/counter.ts'
import { transactions } from './support/generate.ts'
import { quietMoment, type Surroundings } from './support/quiet.ts'
import { publish } from './support/report.ts'
import { median, pairedRatio, percentile } from './support/statistics.ts'
import { workplace } from './support/workplace.ts'

const rounds = 7
const cases = 100_000
const perKind = 20

const folder = workplace('search')
const store = await ourStore('', `${folder}/store`)
await store.fill(transactions(cases))
await store.commit(
  Object.entries(signedIn()).map(([name, value]) => ({
    sql: 'INSERT INTO meta (name, value) VALUES (?, ?)',
    params: [name, JSON.stringify(value)],
  })),
)
await store.close()
const sqlite = nodeSqlite('', `${folder}/sqlite`)
await sqlite.fill(transactions(cases))
const offline: TransportAnswer = { ok: false, reason: 'offline' }
const app = await counterOn(folder, { baseUrl: 'http://127.0.0.1:9', request: async () => offline })

/** What clerks type, by kind; the n-th question of a round. */
const kinds: Record<string, (at: number) => string> = {
  'whole number': (at) => caseOf(at).msisdn,
  'last four digits': (at) => caseOf(at).msisdn.slice(-4),
  'first seven digits': (at) => caseOf(at).msisdn.slice(0, 7),
  name: (at) => nameOf(at),
  'case number': (at) => caseNumberOf(at),
  'end of a case number': (at) => caseNumberOf(at).slice(-5),
}
const ours: Record<string, number[][]> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]))
const scans: number[] = []
const p95: number[] = []
const around: Surroundings[] = []
for (let round = 0; round < rounds; round += 1) {
  around.push(await quietMoment())
  const all: number[] = []
  const scan: number[] = []
  for (const [kind, textAt] of Object.entries(kinds)) {
    const times: number[] = []
    for (let index = 0; index < perKind; index += 1) {
      const text = textAt(1 + (((round * perKind + index) * 7_001) % (cases - 1)))
      const before = performance.now()
      const { rows } = await ask<{ rows: unknown[] }>(app, 'case.search', { text, limit: 50 })
      times.push(performance.now() - before)
      if (rows.length === 0) throw new Error(`nothing found for ${text}`)
    }
    ours[kind]!.push(times)
    all.push(...times)
    const text = textAt(17 + round)
    const before = performance.now()
    sqlite.rows(`SELECT * FROM counter_case WHERE msisdn LIKE '%${text}%' OR name LIKE '%${text}%' OR case_number LIKE '%${text}%'
      ORDER BY created_at DESC LIMIT 50`)
    scan.push(performance.now() - before)
  }
  p95.push(percentile(all, 0.95))
  scans.push(percentile(scan, 0.95))
}
await app.close()
await sqlite.close()

publish({
  name: 'search',
  what: `the command case.search over ${cases} cases, from the call to the answer with its rows`,
  rounds,
  around,
  lines: [
    ...Object.entries(ours).map(([kind, times]) => ({
      name: kind,
      figures: { p50_ms: median(times.map((one) => percentile(one, 0.5))), p95_ms: percentile(times.flat(), 0.95) },
    })),
    { name: 'all kinds', figures: { p95_ms: median(p95) } },
    { name: 'node:sqlite, LIKE over three columns', figures: { p95_ms: median(scans) } },
  ],
  ratios: { search_p95_ms: median(p95), search_p95_vs_sqlite_scan: pairedRatio(p95, scans) },
  budgets: [{ key: 'search_p95_ms', limit: 20, must: 'stay below' }],
  versions: {},
})

/** A clerk who signed in before the line went: searching needs nobody outside. */
function signedIn() {
  const device = {
    deviceId: 'SZ-HQB-3',
    deviceName: '3',
    storeId: 'SZ-HQB',
    storeName: 'HQB',
    handlingProvince: '44',
    serviceId: 'bench',
  }
  const staff = { staffId: '100217', name: '林晓雯', role: 'clerk', storeId: 'SZ-HQB' }
  return { device, session: { token: 'x'.repeat(43), expiresAt: Date.now() + 86_400_000, staff, device } }
}
