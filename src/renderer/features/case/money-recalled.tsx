import { formatYuan } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { useCase } from './use-case.ts'

/** Says that the money of this draft is known from the service only, because this counter had forgotten it. */
export function MoneyRecalled() {
  const t = useT()
  const { view } = useCase()
  const { moneyRecalledAt } = view.case
  const { paidFen } = view.progress
  if (moneyRecalledAt === undefined || paidFen === 0) return null
  return <Notice tone="waits">{t('case.moneyRecalled', { amount: formatYuan(paidFen) })}</Notice>
}
