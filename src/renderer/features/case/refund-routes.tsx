import './money.css'
import { formatYuan } from '../../../shared/domain/money.ts'
import type { RefundOption } from '../../../shared/domain/refund-routes.ts'
import { useLanguage, useT } from '../../language.ts'
import { Tag } from '../../ui/tag.tsx'

/** What stands against a way of refunding, or what it asks for: limit, second person, time, condition, and whether it is assumed. */
export function RefundRouteNote({ option }: { option: RefundOption }) {
  const t = useT()
  const words = useLanguage() === 'en' ? 'en' : 'zh'
  const { rule, closed, secondPerson } = option
  return (
    <p className="case-route-note" aria-live="polite">
      {closed ? (
        <Tag tone="stops">
          {t(`case.settlement.closed.${closed}`, {
            limit: rule.highestFen === null ? '' : formatYuan(rule.highestFen),
          })}
        </Tag>
      ) : null}
      {secondPerson ? <Tag tone="waits">{t('case.settlement.secondPerson')}</Tag> : null}
      <Tag tone="plain">
        {rule.workingDays === 0
          ? t('case.settlement.days0')
          : t('case.settlement.workingDays', { count: rule.workingDays })}
      </Tag>
      {rule.assumed ? (
        <span title={rule.source[words]}>{<Tag tone="plain">{t('case.settlement.assumed')}</Tag>}</span>
      ) : null}{' '}
      {rule.condition[words]}
    </p>
  )
}
