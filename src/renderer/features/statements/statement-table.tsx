import { useMemo } from 'react'
import type { StatementSummary } from '../../../shared/domain/ledger-statement.ts'
import { useT } from '../../language.ts'
import { Money } from '../../ui/money.tsx'
import { Tag } from '../../ui/tag.tsx'
import { type GridColumn, VirtualGrid } from '../../ui/virtual-grid.tsx'
import { keyOfStatement, useStatements } from './statements-store.ts'

/** The statements of some days, newest first: what was due, what came to it and went from it, what is due now. */
export function StatementTable({ statements }: { statements: readonly StatementSummary[] }) {
  const t = useT()
  const { selected, select } = useStatements()
  const columns = useMemo(
    (): GridColumn<StatementSummary>[] => [
      { id: 'day', title: t('statement.day'), cell: (one) => one.day },
      {
        id: 'pair',
        title: `${t('statement.handling')} → ${t('statement.home')}`,
        cell: (one) =>
          t('statement.pair', {
            handling: t(`province.${one.handlingProvince}`),
            home: t(`province.${one.homeProvince}`),
          }),
      },
      {
        id: 'state',
        title: t('statement.state'),
        cell: (one) => <Tag tone={one.state === 'closed' ? 'done' : 'waits'}>{t(`statement.state.${one.state}`)}</Tag>,
      },
      { id: 'opening', title: t('statement.opening'), cell: (one) => <Money fen={one.openingFen} /> },
      { id: 'owed', title: t('statement.owed'), cell: (one) => <Money fen={one.owedFen} /> },
      { id: 'returned', title: t('statement.returned'), cell: (one) => <Money fen={one.returnedFen} /> },
      { id: 'closing', title: t('statement.closing'), cell: (one) => <Money fen={one.closingFen} /> },
      { id: 'postings', title: t('statement.postings'), cell: (one) => one.postings },
    ],
    [t],
  )
  return (
    <VirtualGrid
      id="statements"
      className="statements-table"
      label={t('statement.title')}
      columns={columns}
      rows={statements}
      keyOf={keyOfStatement}
      selectedKey={selected}
      onSelect={select}
      onOpen={select}
    />
  )
}
