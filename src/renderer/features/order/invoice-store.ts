import { create } from 'zustand'
import type { InvoiceWay } from '../../../shared/domain/invoice-policy.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'

interface Entry {
  number: string
  way: InvoiceWay
  failure: Failure | undefined
}
const empty: Entry = { number: '', way: 'originalReturned', failure: undefined }

interface InvoiceState {
  /** Case and bill the entry is of. */
  about: string
  entry: Entry
  busy: boolean
  /** Forgets what was typed for another bill. */
  begin(about: string): void
  set(change: Partial<Entry>): void
  /** `amountFen`: what the invoice is over. */
  handIn(caseId: string, billId: string, amountFen: number): Promise<void>
}

/** An invoice being corrected. */
export const useInvoice = create<InvoiceState>((set, get) => ({
  about: '',
  entry: empty,
  busy: false,
  begin(about) {
    if (get().about !== about) set({ about, entry: empty, busy: false })
  },
  set: (change) => set(({ entry }) => ({ entry: { ...entry, failure: undefined, ...change } })),
  async handIn(caseId, billId, amountFen) {
    const { entry, busy } = get()
    if (busy) return
    set({ busy: true })
    const result = await call('order.resupply', {
      caseId,
      note: '',
      corrections: {
        invoices: [{ billId, way: entry.way, invoiceNumber: entry.number, amountFen }],
      },
    })
    set({ busy: false })
    if (result.ok) {
      set({ entry: empty })
      useCaseViewStore.getState().take(result.value)
    } else get().set({ failure: result.error })
  },
}))
