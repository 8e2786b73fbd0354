import { type RefObject, useEffect, useState } from 'react'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { coreNow } from '../../clock.ts'
import {
  type DocumentField,
  type DocumentRules,
  documentProblems,
  fieldProblem,
  type Problem,
} from './document-entry.ts'
import type { DocumentDraft } from './drafts.ts'

/**
 * What is wrong with the document as typed. A field is judged when it is left with something in it; after an attempt to
 * save, every field is judged and the first wrong one takes the focus.
 */
export function useDocumentProblems(
  value: DocumentDraft,
  attempts: number,
  form: RefObject<HTMLElement | null>,
  rules: DocumentRules,
) {
  const [problems, setProblems] = useState<Partial<Record<DocumentField, Problem>>>({})

  const [judged, setJudged] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: judged once per attempt, not at every keystroke
  useEffect(() => {
    if (attempts === 0) return
    setProblems(documentProblems(value, shanghaiDate(coreNow()), rules))
    setJudged(attempts)
  }, [attempts])

  // A step of its own: the wrong field is marked on the page only after it was judged.
  useEffect(() => {
    if (judged > 0)
      form.current
        ?.querySelector<HTMLElement>('input[aria-invalid="true"], [role="radiogroup"][aria-invalid="true"] input')
        ?.focus()
  }, [judged, form])

  return {
    problems,
    leave(field: DocumentField) {
      if (value[field].trim() === '') return
      const problem = fieldProblem(value, field, shanghaiDate(coreNow()), rules)
      setProblems((old) => ({ ...old, [field]: problem }))
    },
    touch(field: DocumentField) {
      setProblems((old) => (old[field] ? { ...old, [field]: undefined } : old))
    },
  }
}
