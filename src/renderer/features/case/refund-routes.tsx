import './money.css'
import { shanghaiDate } from '../../../shared/domain/calendar.ts'
import { formatYuan } from '../../../shared/domain/money.ts'
import type { RefundOption } from '../../../shared/domain/refund-routes.ts'
import { workingDaysAfter } from '../../../shared/domain/working-days.ts'
import { useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { Tag } from '../../ui/tag.tsx'

/** What stands against a way of refunding, or what it asks for: limit, second person, time and its last day should the line
 * end today, condition, and whether it is assumed. */
export function RefundRouteNote({ option }: { option: RefundOption }) {
  const t = useT()
  const language = useLanguage()
  const words = language === 'en' ? 'en' : 'zh'
  const listOf = (names: string[]) => new Intl.ListFormat(language).format(names)
  const { rule, closed, secondPerson } = option
  const today = shanghaiDate(useNow(60_000))
  const end = rule.workingDays > 0 ? workingDaysAfter(today, rule.workingDays) : undefined
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
        {end ? t('case.settlement.workingDays', { count: rule.workingDays, day: end.on }) : t('case.settlement.days0')}
      </Tag>
      {end && end.holidays.length > 0 ? (
        <Tag tone="plain">
          {t('case.settlement.holidays', { names: listOf(end.holidays.map((each) => each[words])) })}
        </Tag>
      ) : null}
      {end?.assumed ? <Tag tone="plain">{t('case.settlement.holidaysAssumed')}</Tag> : null}
      {rule.assumed ? (
        <span title={rule.source[words]}>{<Tag tone="plain">{t('case.settlement.assumed')}</Tag>}</span>
      ) : null}{' '}
      {rule.condition[words]}
    </p>
  )
}
