import { create } from 'zustand'
import type { CaseView } from '../../../shared/contract/views.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import type { AttachmentKind } from '../../../shared/protocol/jobs.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { type PictureFile, readPictureFile } from '../../ui/picture-file.ts'

export type ResupplyKind = Exclude<AttachmentKind, 'signedForm'>

/** The papers that may be asked for again: those this asker hands in, or what every case has while no rules are here. */
export function resupplyKinds(view: CaseView): readonly ResupplyKind[] {
  const { papers } = view.progress.asker
  if (!papers) return ['documentFront', 'documentBack', 'portrait']
  return papers.flatMap(({ kind, photographed }) => (kind === 'signedForm' || !photographed ? [] : [kind]))
}

interface ResupplyState {
  caseId: string | undefined
  note: string
  /** What is being done: taking a picture of this kind, or handing in. */
  busy: ResupplyKind | 'handIn' | undefined
  failure: { at: ResupplyKind | 'handIn'; error: Failure } | undefined
  /** Forgets what was typed for another case. */
  begin(caseId: string): void
  setNote(note: string): void
  /** Takes a picture: from the capture station, or from the file that was chosen. */
  capture(kind: ResupplyKind, file?: File): Promise<void>
  /** Hands in the pictures taken since the papers came back. */
  handIn(): Promise<void>
}

/** The papers being taken again for a returned order. Pictures are kept by the core as soon as they are taken. */
export const useResupply = create<ResupplyState>((set, get) => ({
  caseId: undefined,
  note: '',
  busy: undefined,
  failure: undefined,
  begin(caseId) {
    if (get().caseId !== caseId) set({ caseId, note: '', busy: undefined, failure: undefined })
  },
  setNote: (note) => set({ note }),
  async capture(kind, file) {
    const { caseId, busy } = get()
    if (!caseId || busy) return
    set({ busy: kind, failure: undefined })
    const picture = file ? await readPictureFile(file) : undefined
    if (picture && !picture.ok) return set({ busy: undefined, failure: { at: kind, error: picture.error } })
    const chosen: { file?: PictureFile } = picture ? { file: picture.value } : {}
    const result = await call('case.capture', { caseId, kind, ...chosen })
    set({ busy: undefined, failure: result.ok ? undefined : { at: kind, error: result.error } })
    if (result.ok) useCaseViewStore.getState().take(result.value)
  },
  async handIn() {
    const { caseId, note, busy } = get()
    if (!caseId || busy) return
    set({ busy: 'handIn', failure: undefined })
    const result = await call('order.resupply', { caseId, note })
    set({ busy: undefined, failure: result.ok ? undefined : { at: 'handIn', error: result.error } })
    if (!result.ok) return
    set({ note: '' })
    useCaseViewStore.getState().take(result.value)
  },
}))
