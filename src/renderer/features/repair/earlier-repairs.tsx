import { formatInstant } from '../../../shared/domain/calendar.ts'
import type { RepairOptions } from '../../../shared/protocol/repairs.ts'
import { useT } from '../../language.ts'

/** What was done to the order by hand before, the latest first. */
export function EarlierRepairs({ done }: Pick<RepairOptions, 'done'>) {
  const t = useT()
  if (done.length === 0) return null
  return (
    <section aria-label={t('repair.earlier')}>
      <h3>{t('repair.earlier')}</h3>
      <ul className="repair-earlier">
        {done.map(({ repairId, action, reason, by, at }) => (
          <li key={repairId}>
            <span className="repair-at">{formatInstant(at)}</span> <strong>{t(`repair.${action}`)}</strong>
            {t('repair.byFor', { name: by.name, reason })}
          </li>
        ))}
      </ul>
    </section>
  )
}
