import { useEffect } from 'react'
import { create } from 'zustand'
import type { CaseView } from '../shared/contract/views.ts'
import type { Failure } from '../shared/domain/result.ts'
import { useApp } from './app-store.ts'
import { call, subscribe } from './client.ts'
import { newestAnswer } from './newest-answer.ts'

interface CaseViewState {
  caseId: string | undefined
  view: CaseView | undefined
  failure: Failure | undefined
  /** Shows another case; what was shown before is put away at once. */
  open(caseId: string): void
  /** Takes over the view a command has answered with. */
  take(view: CaseView): void
  reload(): Promise<void>
}

const newest = newestAnswer()

/** The case on screen. The steps, the order and the receipt share it, so that they never show different states. */
export const useCaseViewStore = create<CaseViewState>((set, get) => ({
  caseId: undefined,
  view: undefined,
  failure: undefined,
  open(caseId) {
    if (get().caseId !== caseId) set({ caseId, view: undefined, failure: undefined })
    void get().reload()
  },
  take(view) {
    if (view.case.caseId !== get().caseId) return
    newest.taken()
    set({ view, failure: undefined })
  },
  async reload() {
    const { caseId } = get()
    if (!caseId) return
    const result = await newest.ask(() => call('case.view', { caseId }))
    if (!result || get().caseId !== caseId) return
    if (result.ok) set({ view: result.value, failure: undefined })
    else set({ failure: result.error })
  },
}))

/** The live view of a case: asked for when the case is opened, when it changes and when the core comes back. */
export function useCaseView(caseId: string): { view: CaseView | undefined; failure: Failure | undefined } {
  const epoch = useApp((state) => state.epoch)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a returned core (epoch) asks again for the same case
  useEffect(() => {
    useCaseViewStore.getState().open(caseId)
    return subscribe((event) => {
      if (event.name === 'rules.changed' || (event.name === 'case.changed' && event.payload.caseId === caseId))
        void useCaseViewStore.getState().reload()
    })
  }, [caseId, epoch])
  const view = useCaseViewStore((state) => state.view)
  const failure = useCaseViewStore((state) => state.failure)
  return view?.case.caseId === caseId ? { view, failure } : { view: undefined, failure }
}
