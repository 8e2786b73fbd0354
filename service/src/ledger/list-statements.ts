import { addDays, instant, type ShanghaiDate, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import { type StatementSummary, statementSummarySchema } from '../../../src/shared/domain/ledger-statement.ts'
import { mostStatementDays, type StatementsAnswer } from '../../../src/shared/protocol/ledger.ts'
import type { ServiceContext } from '../service-context.ts'
import { computeStatement, daysFrom, lastClosedDay, pairsOf } from './read-ledger.ts'

const moved = (one: StatementSummary) => one.postings > 0 || one.openingFen !== 0 || one.closingFen !== 0

async function closedStatements(
  { db }: Pick<ServiceContext, 'db'>,
  span: { from: ShanghaiDate; to: ShanghaiDate; province: string },
): Promise<StatementSummary[]> {
  const rows = await db
    .selectFrom('ledger_statement')
    .select('summary')
    .where('day', '>=', span.from)
    .where('day', '<=', span.to)
    .where((eb) =>
      eb.or([eb('handling_province', '=', span.province as never), eb('home_province', '=', span.province as never)]),
    )
    .execute()
  return rows.map((row) => statementSummarySchema.parse(JSON.parse(row.summary)))
}

/**
 * The statements of a province's pairs between two days, newest first, open days computed as they stand now. Days on which a pair
 * neither moved nor owed anything are left out. A longer span is cut at its older end.
 */
export async function listStatements(
  context: Pick<ServiceContext, 'db' | 'clock'>,
  query: { from: ShanghaiDate; to: ShanghaiDate; province: string },
): Promise<StatementsAnswer> {
  const { db, clock } = context
  const now = clock.now()
  const today = shanghaiDate(now)
  const to = query.to < today ? query.to : today
  const earliest = addDays(to, 1 - mostStatementDays)
  const from = query.from > earliest ? query.from : earliest
  const span = { from, to, province: query.province }
  const closedUntil = await lastClosedDay(db)
  const statements = await closedStatements(context, span)
  const firstOpen = closedUntil ? addDays(closedUntil, 1) : from
  for (const day of daysFrom(firstOpen > from ? firstOpen : from, to))
    for (const pair of await pairsOf(db, day, query.province)) {
      const { statement } = await computeStatement(db, pair, day)
      statements.push(statementSummarySchema.parse(statement))
    }
  return {
    statements: statements
      .filter(moved)
      .sort(
        (a, b) =>
          b.day.localeCompare(a.day) ||
          a.handlingProvince.localeCompare(b.handlingProvince) ||
          a.homeProvince.localeCompare(b.homeProvince),
      ),
    ...(closedUntil ? { closedUntil } : {}),
    serviceTime: instant(now),
  }
}
