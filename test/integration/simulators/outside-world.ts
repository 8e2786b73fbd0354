import { createHash } from 'node:crypto'
import { type RunningSimulators, type SimulatorOptions, startSimulators } from '../../../service/simulators/index.ts'
import type { DirectoryEntry } from '../../../service/simulators/pages/directory-entries.ts'

export const startedAt = Date.parse('2026-11-21T10:00:00+08:00')

/** A world whose clock the test holds, with the calls a service would make. */
export interface OutsideWorld {
  simulators: RunningSimulators
  clock: { now: number }
  get(path: string): Promise<unknown>
  post(path: string, body: unknown, key?: string): Promise<{ status: number; body: Record<string, unknown> }>
  control(change: object): Promise<void>
  entry(scenario: string, index?: number): Promise<DirectoryEntry>
  close(): Promise<void>
}

export async function openWorld(
  options: Partial<SimulatorOptions> = {},
  clock = { now: startedAt },
): Promise<OutsideWorld> {
  const simulators = await startSimulators({
    host: '127.0.0.1',
    seed: 'integration',
    today: () => clock.now,
    ...options,
  })
  const root = simulators.urls.directory
  const world: OutsideWorld = {
    simulators,
    clock,
    get: async (path) => (await fetch(root + path)).json(),
    post: async (path, body, key) => {
      const headers = { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) }
      const answer = await fetch(root + path, { method: 'POST', headers, body: JSON.stringify(body) })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
    control: async (change) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(simulators.urls.control, { method: 'PUT', headers, body: JSON.stringify(change) })
      if (!answer.ok) throw new Error(await answer.text())
    },
    entry: async (scenario, index = 0) => {
      const entries = (await world.get(`/directory.json?scenario=${scenario}`)) as DirectoryEntry[]
      return entries[index]!
    },
    close: () => simulators.close(),
  }
  await world.control({ reviewFactor: 0, targets: { bss: { latencyMs: 0, jitterMs: 0 } } })
  return world
}

export const bss = (entry: DirectoryEntry): string => `/bss/${entry.carrier}/${entry.province}`

export function attachment(kind: string, content = kind) {
  return { kind, sha256: createHash('sha256').update(content).digest('hex'), mediaType: 'image/png' }
}

/** A complete order for an entry of the directory; `changes` replaces parts. */
export function orderFor(entry: DirectoryEntry, orderId: string, changes: object = {}) {
  const { id: _id, ...holder } = entry.person
  return {
    orderId,
    msisdn: entry.msisdn,
    holder: { ...holder, validFrom: holder.validFrom ?? undefined },
    contact: { name: '联系人', phone: '13800000000' },
    agreements: [] as object[],
    attachments: ['document-front', 'document-back', 'portrait', 'signed-form'].map((kind) => attachment(kind)),
    deadlineAt: startedAt + 7 * 86_400_000,
    handlingProvince: entry.province === '32' ? '33' : '32',
    store: '南京新街口营业厅',
    clerk: '1001',
    expectedDueLi: 0,
    ...changes,
  }
}
