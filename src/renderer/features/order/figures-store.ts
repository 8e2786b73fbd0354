import { create } from 'zustand'
import type { Failure } from '../../../shared/domain/result.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import type { Stroke } from '../../ui/pen.ts'

type Method = 'cash' | 'card' | 'code'

interface FiguresState {
  caseId: string | undefined
  /** Hash of the form that was read. */
  documentSha256: string | undefined
  strokes: Stroke[]
  method: Method
  authorizationCode: string
  busy: boolean
  failure: Failure | undefined
  /** Another form was read: what was signed under an earlier one is void. */
  read(caseId: string, documentSha256: string | undefined): void
  setStrokes(strokes: Stroke[]): void
  setMethod(method: Method): void
  setAuthorizationCode(code: string): void
  accept(): Promise<void>
}

/** The customer's answer to figures that are others than were signed, while it is being given. */
export const useFigures = create<FiguresState>((set, get) => ({
  caseId: undefined,
  documentSha256: undefined,
  strokes: [],
  method: 'cash',
  authorizationCode: '',
  busy: false,
  failure: undefined,
  read(caseId, documentSha256) {
    if (get().caseId === caseId && get().documentSha256 === documentSha256) return
    set({ caseId, documentSha256, strokes: [], method: 'cash', authorizationCode: '', failure: undefined })
  },
  setStrokes: (strokes) => set({ strokes }),
  setMethod: (method) => set({ method, failure: undefined }),
  setAuthorizationCode: (authorizationCode) => set({ authorizationCode, failure: undefined }),
  async accept() {
    const { caseId, documentSha256, strokes, method, authorizationCode, busy } = get()
    if (!caseId || !documentSha256 || strokes.length === 0 || busy) return
    set({ busy: true, failure: undefined })
    const code = authorizationCode.trim()
    const result = await call('order.acceptFigures', {
      caseId,
      documentSha256,
      strokes,
      method,
      ...(method === 'cash' || code === '' ? {} : { authorizationCode: code }),
    })
    set({ busy: false, ...(result.ok ? { strokes: [] } : { failure: result.error }) })
    if (result.ok) useCaseViewStore.getState().take(result.value)
  },
}))
