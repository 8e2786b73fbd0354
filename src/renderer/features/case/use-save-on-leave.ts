import { useEffect, useRef } from 'react'
import type { Case } from '../../../shared/domain/case.ts'
import { useCaseViewStore } from '../../case-view-store.ts'

/** The case as it is now, not as it was when the form was last drawn: what Enter has just saved is not saved twice. */
export function latestCase(caseId: string): Case | undefined {
  const { view } = useCaseViewStore.getState()
  return view?.case.caseId === caseId ? view.case : undefined
}

/** Calls `save` with what is on screen when the form is left for another step or place; the last one rendered counts. */
export function useSaveOnLeave(save: () => void): void {
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  useEffect(() => () => latest.current(), [])
}
