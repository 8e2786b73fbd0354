import { create } from 'zustand'
import type { CommandInput, CommandName, CommandOutput } from '../../../shared/contract/commands.ts'
import type { CaseView } from '../../../shared/contract/views.ts'
import type { CaseStep } from '../../../shared/domain/case-steps.ts'
import type { Failure, Result } from '../../../shared/domain/result.ts'
import type { OneTimeCodeAnswer } from '../../../shared/protocol/identity.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { openingStep } from './deeds.ts'
import { type CaseDrafts, emptyDrafts } from './drafts.ts'

/** What opens in place above the step: a second person's approval, giving the case up, the note for a customer who must come back. */
export type Panel = 'approval' | 'abandon' | 'note'

/** What this screen remembers of one case beside the case itself. */
export interface Workplace {
  step: CaseStep
  panel: Panel | undefined
  drafts: CaseDrafts
  /** Commands under way. */
  running: readonly CommandName[]
  failure: { name: CommandName; subject?: string | undefined; error: Failure } | undefined
  codeSent: OneTimeCodeAnswer | undefined
  /** A signature was given here; when the case has none any more, a change has voided it. */
  signed: boolean
}

interface CaseScreenState {
  workplaces: Record<string, Workplace>
  /** Prepares the workplace of a case the first time it is shown; later visits find it as it was left. */
  settleIn(view: CaseView): void
  patch(caseId: string, change: Partial<Workplace>): void
  patchDrafts(caseId: string, change: (drafts: CaseDrafts) => Partial<CaseDrafts>): void
}

export const useCaseScreen = create<CaseScreenState>((set, get) => ({
  workplaces: {},
  settleIn(view) {
    const { caseId } = view.case
    if (get().workplaces[caseId]) return
    const fresh: Workplace = {
      step: openingStep(view),
      panel: undefined,
      drafts: emptyDrafts,
      running: [],
      failure: undefined,
      codeSent: undefined,
      signed: view.case.signature !== undefined,
    }
    set(({ workplaces }) => ({ workplaces: { ...workplaces, [caseId]: fresh } }))
  },
  patch(caseId, change) {
    set(({ workplaces }) => {
      const old = workplaces[caseId]
      return old ? { workplaces: { ...workplaces, [caseId]: { ...old, ...change } } } : {}
    })
  },
  patchDrafts(caseId, change) {
    const old = get().workplaces[caseId]
    if (old) get().patch(caseId, { drafts: { ...old.drafts, ...change(old.drafts) } })
  },
}))

/**
 * Runs a command and shows its outcome: a new view, or the failure beside `subject`. The same command of a case runs once
 * at a time, so that an impatient second Enter neither pays nor sends twice; the second is answered with undefined.
 */
export async function run<N extends CommandName>(
  caseId: string,
  name: N,
  input: Omit<CommandInput<N>, 'caseId'>,
  subject?: string,
): Promise<Result<CommandOutput<N>> | undefined> {
  const { patch } = useCaseScreen.getState()
  const running = () => useCaseScreen.getState().workplaces[caseId]?.running ?? []
  if (running().includes(name)) return undefined
  patch(caseId, { running: [...running(), name], failure: undefined })
  const result = await call(name, { ...input, caseId } as unknown as CommandInput<N>)
  patch(caseId, { running: running().filter((each) => each !== name) })
  if (!result.ok) patch(caseId, { failure: { name, subject, error: result.error } })
  else if (isCaseView(result.value)) useCaseViewStore.getState().take(result.value)
  return result
}

function isCaseView(value: unknown): value is CaseView {
  return typeof value === 'object' && value !== null && 'case' in value && 'progress' in value
}
