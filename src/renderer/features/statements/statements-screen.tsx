import { Button } from 'antd'
import { addDays, formatInstant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import { useNow } from '../../clock.ts'
import { useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { FailureText } from '../../ui/failure-text.tsx'
import { Frame } from '../../ui/frame.tsx'
import { useLive } from '../../ui/live.ts'
import { Notice } from '../../ui/notice.tsx'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { StatementDetail } from './statement-detail.tsx'
import { StatementStub } from './statement-stub.tsx'
import { StatementTable } from './statement-table.tsx'
import { pageDays, useStatements } from './statements-store.ts'
import './statements.css'

/** Rows that Page up and Page down move. */
const page = 10
const reload = () => void useStatements.getState().reload()

/** The inter-province statements: one line per pair of provinces and day, the selected one unfolded below. */
export default function StatementsScreen() {
  const t = useT()
  const today = shanghaiDate(useNow(60_000))
  const { to, list, failure, exported, selected, load, moveSelection, exportFile } = useStatements()
  useLive(['connection.changed'], reload)
  const last = to ?? today
  const earlier = () => void load(addDays(last, -pageDays))
  const later = () => void load(addDays(last, pageDays) < today ? addDays(last, pageDays) : today)
  useKeys([
    { key: 'ArrowUp', label: t('outbox.key.up'), run: () => moveSelection(-1) },
    { key: 'ArrowDown', label: t('outbox.key.down'), run: () => moveSelection(1) },
    { key: 'PageUp', run: () => moveSelection(-page) },
    { key: 'PageDown', run: () => moveSelection(page) },
    { key: 'F3', label: t('statement.earlier'), bar: true, run: earlier },
    { key: 'F4', label: t('statement.later'), bar: true, disabled: last >= today, run: later },
    { key: 'F6', label: t('statement.export.csv'), bar: true, disabled: !selected, run: () => void exportFile('csv') },
    {
      key: 'F7',
      label: t('statement.export.xlsx'),
      bar: true,
      disabled: !selected,
      run: () => void exportFile('xlsx'),
    },
    { key: 'Escape', label: t('key.back'), bar: true, run: () => navigate({ name: 'desk' }) },
  ])
  return (
    <Frame stub={<StatementStub />}>
      <div className="statements">
        <ScreenTitle title={t('statement.title')} lead={t('statement.lead')} />
        {failure ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        {list?.offline ? (
          <Notice tone="waits">{t('statement.asOf', { at: formatInstant(list.fetchedAt) })}</Notice>
        ) : null}
        {exported ? <Notice tone="done">{t('statement.exported', { file: exported })}</Notice> : null}
        <p className="statements-span">
          <Button size="small" onClick={earlier}>
            ‹ {t('statement.earlier')}
          </Button>
          <span>{t('statement.span', { from: addDays(last, 1 - pageDays), to: last })}</span>
          <Button size="small" disabled={last >= today} onClick={later}>
            {t('statement.later')} ›
          </Button>
          {list && !list.offline ? (
            <span className="statements-fresh">{t('statement.fresh', { at: formatInstant(list.fetchedAt) })}</span>
          ) : null}
        </p>
        {list && list.statements.length === 0 ? <Notice tone="plain">{t('statement.none')}</Notice> : null}
        {list && list.statements.length > 0 ? (
          <>
            <StatementTable statements={list.statements} />
            <StatementDetail />
          </>
        ) : null}
      </div>
    </Frame>
  )
}
