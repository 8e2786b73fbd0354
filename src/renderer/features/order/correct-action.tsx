import { useState } from 'react'
import type { JobView } from '../../../shared/contract/views.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { useCaseViewStore } from '../../case-view-store.ts'
import { call } from '../../client.ts'
import { useLanguage, useT } from '../../language.ts'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { failureSentence } from '../../ui/sentence.ts'

/** The submission was refused for something that can be put right: Enter leads back to the case, which is a draft again. */
export function CorrectAction({ job }: { job: JobView }) {
  const t = useT()
  const language = useLanguage()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  async function correct() {
    setBusy(true)
    const result = await call('outbox.correct', { jobId: job.jobId })
    setBusy(false)
    setFailure(result.ok ? undefined : result.error)
    if (result.ok) useCaseViewStore.getState().take(result.value)
  }
  return (
    <PrimaryAction
      label={t('outbox.correct')}
      note={failure ? failureSentence(language, failure) : t('outbox.correct.lead')}
      busy={busy}
      onPress={() => void correct()}
    />
  )
}
