import { create } from 'zustand'
import type { AuditRow, AuditVerdict } from '../../../shared/contract/views.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'

export type AuditSource = 'store' | 'counter'

/** What the auditor looks for; empty texts look for everything. */
export interface AuditWish {
  case: string
  actor: string
  action: string
}

interface AuditState {
  source: AuditSource
  wish: AuditWish
  rows: readonly AuditRow[]
  more: boolean
  verdict: AuditVerdict | undefined
  failure: Failure | undefined
  busy: 'list' | 'verify' | 'export' | undefined
  show(source: AuditSource): Promise<void>
  look(wish: AuditWish): Promise<void>
  next(): Promise<void>
  verify(): Promise<void>
  download(): Promise<void>
}

const pageSize = 100

function save(file: { fileName: string; mediaType: string; content: string }): void {
  const address = URL.createObjectURL(new Blob([file.content], { type: file.mediaType }))
  const link = document.createElement('a')
  link.href = address
  link.download = file.fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** The two chains: the store's at the service and this counter's own. */
export const useAudit = create<AuditState>((set, get) => {
  async function load(before?: number) {
    const { source, wish, rows } = get()
    set({ busy: 'list', failure: undefined })
    const { case: wanted, actor, action } = wish
    const result = await call('audit.list', {
      source,
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
      ...(wanted.trim() ? { case: wanted.trim() } : {}),
      ...(actor.trim() ? { actor: actor.trim() } : {}),
      ...(action.trim() ? { action: action.trim() } : {}),
    })
    set({ busy: undefined })
    if (!result.ok) return set({ failure: result.error, ...(before === undefined ? { rows: [], more: false } : {}) })
    const page = result.value.rows
    set({ rows: before === undefined ? page : [...rows, ...page], more: page.length === pageSize })
  }
  return {
    source: 'store',
    wish: { case: '', actor: '', action: '' },
    rows: [],
    more: false,
    verdict: undefined,
    failure: undefined,
    busy: undefined,
    async show(source) {
      set({ source, verdict: undefined, rows: [] })
      await load()
    },
    async look(wish) {
      set({ wish })
      await load()
    },
    async next() {
      const last = get().rows.at(-1)
      if (last && get().more && get().busy === undefined) await load(last.sequence)
    },
    async verify() {
      set({ busy: 'verify', failure: undefined, verdict: undefined })
      const result = await call('audit.verify', { source: get().source })
      set({ busy: undefined, ...(result.ok ? { verdict: result.value } : { failure: result.error }) })
    },
    async download() {
      set({ busy: 'export', failure: undefined })
      const result = await call('audit.export', { source: get().source })
      set({ busy: undefined, ...(result.ok ? {} : { failure: result.error }) })
      if (result.ok) save(result.value)
    },
  }
})
