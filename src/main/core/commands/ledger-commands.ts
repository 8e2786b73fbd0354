import { instant } from '../../../shared/domain/calendar.ts'
import {
  type StatementSummary,
  statementSchema,
  statementSummarySchema,
} from '../../../shared/domain/ledger-statement.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Handler } from './handler.ts'

/** Failures after which what was fetched before is still worth showing. */
const unreachable = new Set(['connection.offline', 'connection.timeout', 'connection.busy', 'service.internal'])

interface CachedRow {
  [column: string]: string | number | null
  summary: string
  document: string | null
  fetched_at: number
}

async function cached(context: Context, from: string, to: string): Promise<StatementSummary[]> {
  const rows = await context.store.query<CachedRow>(
    `SELECT summary, document, fetched_at FROM ledger_statement WHERE day >= ? AND day <= ?
     ORDER BY day DESC, handling, home`,
    [from, to],
  )
  return rows.map((row) => statementSummarySchema.parse(JSON.parse(row.summary)))
}

/** Statements of this store's province between two days; without the network those that were fetched before, with their age. */
export const listStatements: Handler<'ledger.statements'> = async ({ from, to }, context) => {
  const answer = await context.service.call('listStatements', { query: { from, to } })
  if (!answer.ok) {
    const fetchedAt = await readMeta(context.store, 'statementsFetchedAt')
    if (!unreachable.has(answer.error.code) || fetchedAt === undefined) return answer
    return ok({ statements: await cached(context, from, to), fetchedAt: instant(fetchedAt), offline: true })
  }
  const { statements, closedUntil } = answer.value
  const fetchedAt = instant(context.ports.clock.now())
  await context.store.transaction(async (tx) => {
    // An open day's statement that was unfolded before is older than its line: its figures are kept until it is fetched again.
    for (const one of statements)
      tx.run(
        `INSERT INTO ledger_statement (handling, home, day, summary, document, fetched_at) VALUES (?, ?, ?, ?, NULL, ?)
         ON CONFLICT (handling, home, day) DO UPDATE SET summary = excluded.summary, fetched_at = excluded.fetched_at`,
        [one.handlingProvince, one.homeProvince, one.day, JSON.stringify(one), fetchedAt],
      )
    writeMeta(tx, 'statementsFetchedAt', fetchedAt)
  })
  return ok({ statements, ...(closedUntil ? { closedUntil } : {}), fetchedAt, offline: false })
}

/** One statement with accounts and postings. Errors: `ledger.notFound`; `connection.*` when it was never fetched. */
export const readStatement: Handler<'ledger.statement'> = async (place, context) => {
  const { handling, home, day } = place
  const answer = await context.service.call('readStatement', { params: { handling, home, day } })
  if (!answer.ok) {
    if (!unreachable.has(answer.error.code)) return answer
    const row = await context.store.get<CachedRow>(
      'SELECT summary, document, document_at AS fetched_at FROM ledger_statement WHERE handling = ? AND home = ? AND day = ?',
      [handling, home, day],
    )
    if (!row?.document) return answer
    const statement = statementSchema.parse(JSON.parse(row.document))
    return ok({ statement, fetchedAt: instant(row.fetched_at), offline: true })
  }
  const { statement } = answer.value
  const fetchedAt = instant(context.ports.clock.now())
  const summary = statementSummarySchema.parse(statement)
  await context.store.transaction(async (tx) => {
    tx.run(
      `INSERT INTO ledger_statement (handling, home, day, summary, document, fetched_at, document_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (handling, home, day) DO UPDATE SET summary = excluded.summary, document = excluded.document,
         fetched_at = excluded.fetched_at, document_at = excluded.document_at`,
      [handling, home, day, JSON.stringify(summary), JSON.stringify(statement), fetchedAt, fetchedAt],
    )
  })
  return ok({ statement, fetchedAt, offline: false })
}

/** A statement as a file for accountants, made by the service in the language of this counter. Errors: `ledger.notFound`, `connection.*`. */
export const exportStatement: Handler<'ledger.export'> = async ({ handling, home, day, format }, context, staff) => {
  const { language } = context.ports.settings.read()
  const answer = await context.service.call('exportStatement', {
    params: { handling, home, day },
    query: { format, language },
  })
  if (!answer.ok) return answer
  if (answer.value.contentBase64 === '') return fail('service.internal')
  await context.store.transaction((tx) =>
    writeAudit(tx, context.ports, {
      staffId: staff.staffId,
      action: 'ledger.export',
      details: { handling, home, day, format },
    }),
  )
  return answer
}
