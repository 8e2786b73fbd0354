import { useMemo } from 'react'
import type { CaseRow } from '../../../shared/contract/views.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import { coreNow, useNow } from '../../clock.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { durationText, spanText } from '../../ui/age.ts'
import { CaseProgressBar } from '../../ui/case-progress-bar.tsx'
import { CaseStatusTag } from '../../ui/case-status-tag.tsx'
import { Money } from '../../ui/money.tsx'
import { sentence, withoutYear } from '../../ui/sentence.ts'
import { type GridColumn, VirtualGrid } from '../../ui/virtual-grid.tsx'
import './case-table.css'
import { useDesk } from './desk-store.ts'

const keyOf = (row: CaseRow) => row.caseId
const open = (caseId: string) => navigate({ name: 'case', caseId })
const more = () => void useDesk.getState().more()

/** The cases under the filter. */
export function CaseTable() {
  const t = useT()
  const { rows, selectedId, counts, filter, select } = useDesk()
  const columns = useColumns()
  if (counts && rows.length === 0)
    return (
      <p id="desk-cases" className="case-table-empty">
        {t(`desk.empty.${filter}`)}
      </p>
    )
  return (
    <VirtualGrid
      id="desk-cases"
      className="case-table"
      label={t('desk.cases')}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      selectedKey={selectedId}
      onSelect={select}
      onOpen={open}
      onNearEnd={more}
    />
  )
}

function useColumns(): GridColumn<CaseRow>[] {
  const language = useLanguage()
  return useMemo(() => {
    const home = (row: CaseRow) =>
      `${sentence(language, `province.${row.homeProvince}`)} · ${sentence(language, `carrierShort.${row.carrier}`)}`
    const whole = (row: CaseRow) => sentence(language, `next.${row.next.code}`, row.next.params)
    const next = (row: CaseRow) => withoutYear(whole(row), coreNow())
    const cells: [id: string, cell: GridColumn<CaseRow>['cell'], full?: (row: CaseRow) => string][] = [
      ['number', (row) => formatMsisdn(row.msisdn)],
      ['holder', (row) => row.maskedName ?? '—'],
      ['home', home, home],
      ['progress', (row) => <CaseProgressBar stepsDone={row.stepsDone} status={row.status} />],
      ['status', (row) => <CaseStatusTag status={row.status} />],
      ['next', next, whole],
      ['amount', (row) => (row.totalFen === undefined ? '—' : <Money fen={row.totalFen} />)],
      [
        'time',
        (row) =>
          row.status === 'draft' ? (
            <Stopwatch since={row.createdAt} />
          ) : (
            <Span since={row.createdAt} until={row.endedAt} />
          ),
      ],
    ]
    return cells.map(([id, cell, full]) => ({
      id,
      cell,
      title: sentence(language, `desk.column.${id}`),
      ...(full ? { full } : {}),
    }))
  }, [language])
}

/** The running time of a case in work. */
function Stopwatch({ since }: { since: number }) {
  return <>{durationText(useT(), useNow() - since)}</>
}

/** How long a case has taken, or took until it was over. */
function Span({ since, until }: { since: number; until: number | undefined }) {
  const now = useNow(60_000)
  return <>{spanText(useT(), (until ?? now) - since)}</>
}
