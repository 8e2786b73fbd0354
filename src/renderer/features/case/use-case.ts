import { createContext, useContext, useEffect, useState } from 'react'
import type { CommandInput, CommandName } from '../../../shared/contract/commands.ts'
import type { CaseView } from '../../../shared/contract/views.ts'
import type { CaseStep } from '../../../shared/domain/case-steps.ts'
import type { MessageKey, Translate } from '../../../shared/i18n/translate.ts'
import { coreNow } from '../../clock.ts'
import { type Panel, run, useCaseScreen, type Workplace } from './case-store.ts'
import { type Deed, proofAliveAt } from './deeds.ts'
import type { CaseDrafts } from './drafts.ts'

/** The case the screen is about, and the foot of the stub, where the step puts its primary action. */
export const CaseContext = createContext<{ view: CaseView; foot: HTMLElement | null } | undefined>(undefined)

/** The case, this screen's memory of it, and what a step may do with both. */
export function useCase() {
  const context = useContext(CaseContext)
  if (!context) throw new Error('useCase outside a case screen')
  const { view, foot } = context
  const { caseId } = view.case
  const place = useCaseScreen((state) => state.workplaces[caseId]) as Workplace
  return { ...actionsFor(caseId), view, foot, caseId, place, drafts: place.drafts }
}

/** What can be done to a case from this screen; the same functions for as long as the screen shows it. */
function actionsFor(caseId: string) {
  const { patch, patchDrafts } = useCaseScreen.getState()
  return {
    run: <N extends CommandName>(name: N, input: Omit<CommandInput<N>, 'caseId'>, subject?: string) =>
      run(caseId, name, input, subject),
    goTo: (step: CaseStep) => patch(caseId, { step, failure: undefined }),
    open: (panel: Panel | undefined) => patch(caseId, { panel, failure: undefined }),
    patch: (change: Partial<Workplace>) => patch(caseId, change),
    draft: (change: (drafts: CaseDrafts) => Partial<CaseDrafts>) => patchDrafts(caseId, change),
  }
}

/** Whether the proof of identity may be used now; turns false by itself when its life ends. */
export function useProofAlive(view: CaseView): boolean {
  const alive = proofAliveAt(view, coreNow())
  // Only what is kept draws the step anew when the life ends; what the step says is true of this very view.
  const [, setAlive] = useState(alive)
  useEffect(() => {
    const look = () => setAlive(proofAliveAt(view, coreNow()))
    look()
    const timer = setInterval(look, 1000)
    return () => clearInterval(timer)
  }, [view])
  return alive
}

export type Way = Extract<Deed, { kind: 'goTo' }>

/** The words on the primary action for a deed that only leads to another step. */
export function wayLabel(deed: Way, t: Translate): string {
  return t(deed.back ? 'case.deed.back' : 'case.deed.next', { step: t(`step.${deed.step}` as MessageKey) })
}
