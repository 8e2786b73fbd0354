import { sql } from 'kysely'
import { addDays, instant, type ShanghaiDate } from '../../../src/shared/domain/calendar.ts'
import type { LedgerPair } from '../../../src/shared/domain/ledger.ts'
import {
  applyPostings,
  type Balances,
  movementsOf,
  type Statement,
  type StatementLine,
  statementSchema,
  summaryFigures,
} from '../../../src/shared/domain/ledger-statement.ts'
import { fen } from '../../../src/shared/domain/money.ts'
import type { Database } from '../database/handle.ts'

/** The last day that was closed; undefined before the first. */
export async function lastClosedDay(db: Database): Promise<ShanghaiDate | undefined> {
  const row = await db
    .selectFrom('ledger_closing')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst()
  return (row?.day as ShanghaiDate | null) ?? undefined
}

/** Postings of a pair on a day, in the order in which statements list them. */
async function linesOf(db: Database, pair: LedgerPair, day: ShanghaiDate): Promise<StatementLine[]> {
  const rows = await db
    .selectFrom('ledger_posting')
    .leftJoin('product_order', 'product_order.order_id', 'ledger_posting.order_id')
    .selectAll('ledger_posting')
    .select('product_order.case_number')
    .where('handling_province', '=', pair.handlingProvince)
    .where('ledger_posting.home_province', '=', pair.homeProvince)
    .where('day', '=', day)
    .orderBy('recorded_at')
    .orderBy('cause')
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    cause: row.cause,
    position: row.position,
    kind: row.kind,
    book: row.book,
    debit: row.debit,
    credit: row.credit,
    amountFen: fen(row.amount_fen),
    carrier: row.carrier,
    caseId: row.case_id,
    ...(row.case_number ? { caseNumber: row.case_number } : {}),
    ...(row.order_id ? { orderId: row.order_id } : {}),
    ...(row.payment_id ? { paymentId: row.payment_id } : {}),
    ...(row.refund_id ? { refundId: row.refund_id } : {}),
    ...(row.reference ? { reference: row.reference } : {}),
    occurredAt: instant(row.occurred_at),
    recordedAt: instant(row.recorded_at),
  }))
}

/** Balances of a pair's accounts when a day begins: the last closed statement before it, and every posting since. */
async function balancesBefore(db: Database, pair: LedgerPair, day: ShanghaiDate): Promise<Balances> {
  const closed = await db
    .selectFrom('ledger_statement')
    .select(['day', 'closing'])
    .where('handling_province', '=', pair.handlingProvince)
    .where('home_province', '=', pair.homeProvince)
    .where('day', '<', day)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst()
  const since = await db
    .selectFrom('ledger_posting')
    .select(['debit', 'credit', sql<number>`sum(amount_fen)::bigint`.as('amountFen')])
    .where('handling_province', '=', pair.handlingProvince)
    .where('home_province', '=', pair.homeProvince)
    .where('day', '>', closed?.day ?? '')
    .where('day', '<', day)
    .groupBy(['debit', 'credit'])
    .execute()
  const before = closed ? (JSON.parse(closed.closing) as Balances) : {}
  return applyPostings(
    before,
    since.map((row) => ({ ...row, amountFen: Number(row.amountFen) })),
  )
}

/** The statement of a pair for a day, computed from the postings. `closed` says when the day was closed. */
export async function computeStatement(
  db: Database,
  pair: LedgerPair,
  day: ShanghaiDate,
  closed?: { at: number },
): Promise<{ statement: Statement; opening: Balances; closing: Balances }> {
  const opening = await balancesBefore(db, pair, day)
  const lines = await linesOf(db, pair, day)
  const accounts = movementsOf(opening, lines)
  const statement: Statement = {
    handlingProvince: pair.handlingProvince,
    homeProvince: pair.homeProvince,
    day,
    state: closed ? 'closed' : 'open',
    ...(closed ? { closedAt: instant(closed.at) } : {}),
    ...summaryFigures(accounts),
    postings: lines.length,
    accounts,
    lines,
  }
  return { statement, opening, closing: applyPostings(opening, lines) }
}

/** One statement: as it was closed, or as it stands now. Undefined when the pair has no posting up to that day. */
export async function readStatement(db: Database, pair: LedgerPair, day: ShanghaiDate): Promise<Statement | undefined> {
  const kept = await db
    .selectFrom('ledger_statement')
    .select(['body', 'sha256'])
    .where('handling_province', '=', pair.handlingProvince)
    .where('home_province', '=', pair.homeProvince)
    .where('day', '=', day)
    .executeTakeFirst()
  if (kept) return statementSchema.parse({ ...JSON.parse(kept.body), sha256: kept.sha256 })
  const first = await db
    .selectFrom('ledger_posting')
    .select('day')
    .where('handling_province', '=', pair.handlingProvince)
    .where('home_province', '=', pair.homeProvince)
    .where('day', '<=', day)
    .limit(1)
    .executeTakeFirst()
  return first ? (await computeStatement(db, pair, day)).statement : undefined
}

/** Every pair a province has to do with, on either side, that had a posting up to a day. */
export async function pairsOf(db: Database, until: ShanghaiDate, province?: string): Promise<LedgerPair[]> {
  const rows = await db
    .selectFrom('ledger_posting')
    .select(['handling_province', 'home_province'])
    .where('day', '<=', until)
    .$if(province !== undefined, (query) =>
      query.where((eb) =>
        eb.or([eb('handling_province', '=', province as never), eb('home_province', '=', province as never)]),
      ),
    )
    .groupBy(['handling_province', 'home_province'])
    .orderBy('handling_province')
    .orderBy('home_province')
    .execute()
  return rows.map((row) => ({ handlingProvince: row.handling_province, homeProvince: row.home_province }))
}

/** The days from one to another, both included; at most `most`. */
export function daysFrom(first: ShanghaiDate, last: ShanghaiDate, most = 400): ShanghaiDate[] {
  const days: ShanghaiDate[] = []
  for (let day = first; day <= last && days.length < most; day = addDays(day, 1)) days.push(day)
  return days
}
