import { create } from 'zustand'
import type { CaseFilter, CaseList, CaseRow, DeskView } from '../../../shared/contract/views.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'

const pageSize = 50
const largestPage = 200

interface DeskState {
  filter: CaseFilter
  rows: readonly CaseRow[]
  counts: CaseList['counts'] | undefined
  nextCursor: string | undefined
  selectedId: string | undefined
  day: DeskView | undefined
  failure: Failure | undefined
  setFilter(filter: CaseFilter): void
  select(caseId: string): void
  /** Moves the selection by rows, within the list. */
  moveSelection(by: number): void
  /** Asks again for everything on screen, as far down as it was loaded. */
  reload(): Promise<void>
  more(): Promise<void>
}

let asked = 0

/** The desk: the list under one filter, the selected line, and the day. */
export const useDesk = create<DeskState>((set, get) => ({
  filter: 'today',
  rows: [],
  counts: undefined,
  nextCursor: undefined,
  selectedId: undefined,
  day: undefined,
  failure: undefined,
  setFilter(filter) {
    set({ filter, rows: [], nextCursor: undefined, selectedId: undefined })
    void get().reload()
  },
  select: (selectedId) => set({ selectedId }),
  moveSelection(by) {
    const { rows, selectedId } = get()
    const at = rows.findIndex((row) => row.caseId === selectedId)
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (next) set({ selectedId: next.caseId })
  },
  async reload() {
    const question = ++asked
    const { filter, rows: before } = get()
    const [list, day] = await Promise.all([loadAtLeast(filter, before.length), call('desk.view', {})])
    // A slower answer to an older question must not overwrite a newer one.
    if (question !== asked) return
    if (!list.ok) return set({ failure: list.error })
    if (!day.ok) return set({ failure: day.error })
    const { rows, counts, nextCursor } = list.value
    const selectedId = rows.some((row) => row.caseId === get().selectedId) ? get().selectedId : rows[0]?.caseId
    set({ rows, counts, nextCursor, selectedId, day: day.value, failure: undefined })
  },
  async more() {
    const question = asked
    const { filter, nextCursor: cursor } = get()
    if (!cursor) return
    set({ nextCursor: undefined })
    const list = await call('case.list', { filter, cursor, limit: pageSize })
    if (question !== asked) return
    if (!list.ok) return set({ failure: list.error, nextCursor: cursor })
    set(({ rows }) => ({ rows: [...rows, ...list.value.rows], nextCursor: list.value.nextCursor }))
  },
}))

/** The first pages of a filter, as many rows as were on screen, at least one page. */
async function loadAtLeast(filter: CaseFilter, wanted: number) {
  let list = await call('case.list', { filter, limit: Math.min(largestPage, Math.max(pageSize, wanted)) })
  while (list.ok && list.value.nextCursor && list.value.rows.length < wanted) {
    const cursor = list.value.nextCursor
    const next = await call('case.list', { filter, cursor, limit: largestPage })
    if (!next.ok) return next
    list = { ok: true, value: { ...next.value, rows: [...list.value.rows, ...next.value.rows] } }
  }
  return list
}
