import type { CaseView } from '../../../shared/contract/views.ts'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { useNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from '../../ui/panel.tsx'

/** Why a postponed case waits and until when, for each agreement that is kept. */
export function PostponedPanel({ view }: { view: CaseView }) {
  const t = useT()
  const today = shanghaiDate(useNow(60_000))
  const { postponed } = view.case
  if (!postponed) return null
  const due = postponed.until <= today
  return (
    <Panel title={t('order.postponed.until')} aside={postponed.until}>
      <ul>
        {postponed.kept.map(({ agreementId, name, freeFrom }) => (
          <li key={agreementId}>{t('order.postponed.kept', { agreement: name, from: freeFrom })}</li>
        ))}
      </ul>
      <Notice tone={due ? 'done' : 'plain'}>{t(due ? 'order.postponed.due' : 'order.postponed.early')}</Notice>
    </Panel>
  )
}
