import type { Asker } from '../../../shared/domain/asker.ts'
import { emptyDocument } from './drafts.ts'
import { useCase } from './use-case.ts'

/** Saves who asks; half-typed documents of the one before are put away, and the type starts with one that is accepted. */
export function useAskerChoice(): (asker: Asker) => void {
  const { view, run, draft } = useCase()
  return (asker) => {
    if (asker === view.progress.asker.kind) return
    void run('case.saveAsker', { asker }).then((result) => {
      if (!result?.ok) return
      const { rule } = result.value.progress.asker
      const { document } = result.value.case
      const misfit = document && rule?.allowed && !rule.holder.types.includes(document.identificationType)
      draft((old) => ({
        editingDocument: Boolean(misfit),
        editingSecond: false,
        document: { ...(document ? emptyDocument : old.document), ...typeOf(rule?.holder.types, old.document) },
        second: { ...emptyDocument, ...typeOf(rule?.second?.types, emptyDocument) },
        relation: '',
        proof: { ...old.proof, servicePassword: '', oneTimeCode: '' },
      }))
    })
  }
}

type Types = readonly (typeof emptyDocument)['identificationType'][]

function typeOf(accepted: Types | undefined, now: Pick<typeof emptyDocument, 'identificationType'>) {
  const [first] = accepted ?? []
  return !first || accepted?.includes(now.identificationType)
    ? { identificationType: now.identificationType }
    : { identificationType: first }
}
