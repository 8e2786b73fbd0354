import { useT } from '../language.ts'
import { Notice } from './notice.tsx'

/** Says that the service told something about this case which this program has no words for. */
export function NewerNotice({ newer }: { newer: boolean }) {
  const t = useT()
  if (!newer) return null
  return (
    <Notice tone="waits" title={t('ui.newer.title')}>
      {t('ui.newer.lead')}
    </Notice>
  )
}
