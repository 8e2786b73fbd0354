import { create } from 'zustand'
import type { StatementListView, StatementView } from '../../../shared/contract/views.ts'
import { addDays, type ShanghaiDate, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { StatementSummary } from '../../../shared/domain/ledger-statement.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import type { StatementFile } from '../../../shared/protocol/ledger.ts'
import { call } from '../../client.ts'
import { coreNow } from '../../clock.ts'

/** Days one page of the list covers. */
export const pageDays = 14

/** What names a statement. */
export function keyOfStatement(one: Pick<StatementSummary, 'handlingProvince' | 'homeProvince' | 'day'>): string {
  return `${one.day} ${one.handlingProvince} ${one.homeProvince}`
}

interface StatementsState {
  /** Last day of the page. */
  to: ShanghaiDate | undefined
  list: StatementListView | undefined
  selected: string | undefined
  /** The unfolded statement, by its key. */
  open: Record<string, StatementView>
  failure: Failure | undefined
  openFailure: Failure | undefined
  exported: string | undefined
  busy: boolean
  load(to: ShanghaiDate): Promise<void>
  /** The page again; the first time the one that ends today. */
  reload(): Promise<void>
  select(key: string): void
  moveSelection(by: number): void
  unfold(): Promise<void>
  exportFile(format: 'csv' | 'xlsx'): Promise<void>
}

function placeOf(list: StatementListView | undefined, key: string | undefined) {
  const one = list?.statements.find((each) => keyOfStatement(each) === key)
  return one && { handling: one.handlingProvince, home: one.homeProvince, day: one.day }
}

let asked = 0

/** The statements of a page of days, the selected one, and those that were unfolded. */
export const useStatements = create<StatementsState>((set, get) => ({
  to: undefined,
  list: undefined,
  selected: undefined,
  open: {},
  failure: undefined,
  openFailure: undefined,
  exported: undefined,
  busy: false,
  async load(to) {
    const question = ++asked
    set({ to })
    const result = await call('ledger.statements', { from: addDays(to, 1 - pageDays), to })
    if (question !== asked) return
    if (!result.ok) return set({ failure: result.error })
    const { statements } = result.value
    const { selected } = get()
    const kept = statements.some((one) => keyOfStatement(one) === selected)
    set({
      list: result.value,
      failure: undefined,
      selected: kept ? selected : statements[0] && keyOfStatement(statements[0]),
    })
    await get().unfold()
  },
  reload: () => get().load(get().to ?? shanghaiDate(coreNow())),
  select(selected) {
    set({ selected, exported: undefined })
    void get().unfold()
  },
  moveSelection(by) {
    const { list, selected, select } = get()
    const keys = (list?.statements ?? []).map(keyOfStatement)
    const at = keys.indexOf(selected ?? '')
    const next = keys[Math.min(keys.length - 1, Math.max(0, at + by))]
    if (next !== undefined && next !== selected) select(next)
  },
  async unfold() {
    const { list, selected } = get()
    const place = placeOf(list, selected)
    if (!place || selected === undefined) return
    const result = await call('ledger.statement', place)
    if (result.ok) set(({ open }) => ({ open: { ...open, [selected]: result.value }, openFailure: undefined }))
    else if (get().selected === selected) set({ openFailure: result.error })
  },
  async exportFile(format) {
    const { list, selected, busy } = get()
    const place = placeOf(list, selected)
    if (!place || busy) return
    set({ busy: true, exported: undefined, failure: undefined })
    const result = await call('ledger.export', { ...place, format })
    set({ busy: false })
    if (!result.ok) return set({ failure: result.error })
    saveFile(result.value)
    set({ exported: result.value.fileName })
  },
}))

/** Hands a file to the window, which saves it where downloads go. */
function saveFile({ fileName, mediaType, contentBase64 }: StatementFile): void {
  const bytes = Uint8Array.from(atob(contentBase64), (character) => character.charCodeAt(0))
  const address = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The download has taken its own hold of the content by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
