import { formatInstant } from '../../../shared/domain/calendar.ts'
import { sumFen } from '../../../shared/domain/money.ts'
import { useT } from '../../language.ts'
import { Money } from '../../ui/money.tsx'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { keyOfStatement, useStatements } from './statements-store.ts'

/** The stub of the statements: the selected one in figures, the page as a whole, and its file for accountants. */
export function StatementStub() {
  const t = useT()
  const { list, selected, busy, exportFile } = useStatements()
  const statements = list?.statements ?? []
  const one = statements.find((each) => keyOfStatement(each) === selected)
  const sum = (side: 'owedFen' | 'returnedFen' | 'takenFen' | 'givenBackFen') =>
    sumFen(statements.map((each) => each[side]))
  return (
    <Stub
      label={t('statement.title')}
      eyebrow={t('statement.selected')}
      title={
        one
          ? t('statement.pair', {
              handling: t(`province.${one.handlingProvince}`),
              home: t(`province.${one.homeProvince}`),
            })
          : t('statement.title')
      }
      foot={
        one ? (
          <PrimaryAction label={t('statement.export.xlsx')} busy={busy} onPress={() => void exportFile('xlsx')} />
        ) : null
      }
    >
      {one ? (
        <>
          <StubRow label={t('statement.day')} value={one.day} />
          <StubRow
            label={t('statement.state')}
            value={t(`statement.state.${one.state}`)}
            tone={one.state === 'closed' ? 'done' : 'waits'}
          />
          {one.closedAt ? <StubRow label={t('statement.closedAt')} value={formatInstant(one.closedAt)} /> : null}
          <StubRow label={t('statement.opening')} value={<Money fen={one.openingFen} />} />
          <StubRow label={t('statement.owed')} value={<Money fen={one.owedFen} />} />
          <StubRow label={t('statement.returned')} value={<Money fen={one.returnedFen} />} />
          <StubRow label={t('statement.closing')} value={<Money fen={one.closingFen} symbol />} />
          <StubRow label={t('statement.taken')} value={<Money fen={one.takenFen} />} />
          <StubRow label={t('statement.givenBack')} value={<Money fen={one.givenBackFen} />} />
        </>
      ) : null}
      <StubSection title={t('statement.total')}>
        <StubRow label={t('statement.owed')} value={<Money fen={sum('owedFen')} />} />
        <StubRow label={t('statement.returned')} value={<Money fen={sum('returnedFen')} />} />
        <StubRow label={t('statement.taken')} value={<Money fen={sum('takenFen')} />} />
        <StubRow label={t('statement.givenBack')} value={<Money fen={sum('givenBackFen')} />} />
      </StubSection>
    </Stub>
  )
}
