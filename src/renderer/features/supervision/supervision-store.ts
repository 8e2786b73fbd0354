import { create } from 'zustand'
import type { CommandInput } from '../../../shared/contract/commands.ts'
import type { SupervisionView } from '../../../shared/contract/views.ts'
import type { Failure, Result } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'
import { newestAnswer } from '../../newest-answer.ts'

interface SupervisionState {
  view: SupervisionView | undefined
  selectedId: string | undefined
  failure: Failure | undefined
  busy: boolean
  reload(): Promise<void>
  move(by: number): void
  select(id: string): void
  decide(input: CommandInput<'approval.decide'>): Promise<Result<SupervisionView>>
  close(input: CommandInput<'ticket.close'>): Promise<Result<SupervisionView>>
}

/** Ids in the order of the screen: requests first, because a customer is waiting, then tickets. */
export function idsOf(view: SupervisionView | undefined): string[] {
  return [
    ...(view?.requests ?? []).map(({ requestId }) => requestId),
    ...(view?.tickets ?? []).map(({ ticketId }) => ticketId),
  ]
}

/** What waits for supervisors, and which of it is looked at. */
export const useSupervision = create<SupervisionState>((set, get) => {
  const newest = newestAnswer()
  function show(view: SupervisionView) {
    const ids = idsOf(view)
    const { selectedId } = get()
    set({ view, selectedId: selectedId && ids.includes(selectedId) ? selectedId : ids[0] })
  }
  async function doing(work: () => Promise<Result<SupervisionView>>): Promise<Result<SupervisionView>> {
    set({ busy: true, failure: undefined })
    const result = await work()
    set({ busy: false })
    if (result.ok) {
      newest.taken()
      show(result.value)
    } else set({ failure: result.error })
    return result
  }
  return {
    view: undefined,
    selectedId: undefined,
    failure: undefined,
    busy: false,
    async reload() {
      const result = await newest.ask(() => call('supervision.view', {}))
      // What a decision was refused for stays on screen; news that come meanwhile must not wipe it away.
      if (result?.ok) show(result.value)
      else if (result && !get().failure) set({ failure: result.error })
    },
    move(by) {
      const ids = idsOf(get().view)
      const at = ids.indexOf(get().selectedId ?? '')
      const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))]
      if (next) set({ selectedId: next, failure: undefined })
    },
    select: (selectedId) => set({ selectedId, failure: undefined }),
    decide: (input) => doing(() => call('approval.decide', input)),
    close: (input) => doing(() => call('ticket.close', input)),
  }
})
