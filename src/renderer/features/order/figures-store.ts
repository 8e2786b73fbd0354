import { create } from 'zustand'
import type { FiguresApproval } from '../../../shared/domain/recheck.ts'
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
  /** What the second person types; the password is forgotten with every answer. */
  approver: { staffId: string; password: string; reason: string | undefined }
  busy: boolean
  failure: Failure | undefined
  /** Another form was read: what was signed under an earlier one is void. */
  read(caseId: string, documentSha256: string | undefined): void
  setStrokes(strokes: Stroke[]): void
  setMethod(method: Method): void
  setAuthorizationCode(code: string): void
  setApprover(change: Partial<FiguresState['approver']>): void
  /** The second person signs for the next thing that is asked for. */
  approve(asked: FiguresApproval, reason: string): Promise<void>
  accept(): Promise<void>
}

const nobody = { staffId: '', password: '', reason: undefined }

/** The customer's answer to figures that are others than were signed, while it is being given. */
export const useFigures = create<FiguresState>((set, get) => ({
  caseId: undefined,
  documentSha256: undefined,
  strokes: [],
  method: 'cash',
  authorizationCode: '',
  approver: nobody,
  busy: false,
  failure: undefined,
  read(caseId, documentSha256) {
    if (get().caseId === caseId && get().documentSha256 === documentSha256) return
    set({
      caseId,
      documentSha256,
      strokes: [],
      method: 'cash',
      authorizationCode: '',
      approver: nobody,
      failure: undefined,
    })
  },
  setStrokes: (strokes) => set({ strokes }),
  setMethod: (method) => set({ method, failure: undefined }),
  setAuthorizationCode: (authorizationCode) => set({ authorizationCode, failure: undefined }),
  setApprover: (change) => set(({ approver }) => ({ approver: { ...approver, ...change }, failure: undefined })),
  async approve({ subject, agreementId }, reason) {
    const { caseId, approver, busy } = get()
    if (!caseId || busy) return
    set({ busy: true, failure: undefined })
    const result = await call('order.approveFigures', {
      caseId,
      subject,
      ...(agreementId === undefined ? {} : { agreementId }),
      reason,
      approver: { staffId: approver.staffId.trim(), password: approver.password },
    })
    set({ busy: false, approver: result.ok ? nobody : { ...get().approver, password: '' } })
    if (result.ok) useCaseViewStore.getState().take(result.value)
    else set({ failure: result.error })
  },
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
