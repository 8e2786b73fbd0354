import type { CaseFilter, CaseList, CaseRow, CaseStatus } from '../../../shared/contract/views.ts'
import { instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { maskName } from '../../../shared/domain/masking.ts'
import type { Fen } from '../../../shared/domain/money.ts'
import { type Failure, fail, ok } from '../../../shared/domain/result.ts'
import { orderViewSchema } from '../../../shared/protocol/changes.ts'
import { closedStatuses, type JobState, nextOf, stepsDone } from '../cases/case-status.ts'
import { parseCase, reversed, type StoredCaseRow } from '../cases/case-store.ts'
import { figuresAt, viewCase } from '../cases/case-view.ts'
import type { Context } from '../context.ts'
import type { SqlValue } from '../storage/store.ts'
import type { Handler } from './handler.ts'

const statusesOf: Record<'forMe' | 'waitingHome' | 'completed', readonly CaseStatus[]> = {
  forMe: ['draft', 'blocked', 'returned', 'figuresChanged', 'invoiceRefused', 'paymentRefused', 'attention'],
  waitingHome: ['sent', 'homeReview', 'executing', 'withdrawing', 'movedOn'],
  completed: ['completed'],
}
/** A row with its order and the jobs that wait, so that a page is one question to the store and not a hundred. */
interface ListedRow extends StoredCaseRow {
  order_document: string | null
  waiting: string
}
const columns = `case_id, status, name, masked_name, total_fen, document,
  (SELECT document FROM order_view WHERE order_view.case_id = counter_case.case_id) AS order_document,
  (SELECT json_group_array(json_object('kind', kind, 'state', state, 'lastError', json(last_error)))
   FROM (SELECT kind, state, last_error FROM outbox_job
         WHERE lane = counter_case.case_id AND outbox_job.state <> 'done' ORDER BY sequence)) AS waiting`

function condition(filter: CaseFilter, today: string): { sql: string; params: SqlValue[] } {
  if (filter === 'all') return { sql: '1 = 1', params: [] }
  if (filter === 'today') return { sql: 'created_on = ?', params: [today] }
  const statuses = statusesOf[filter]
  return { sql: `status IN (${statuses.map(() => '?').join(', ')})`, params: [...statuses] }
}

async function countCases(context: Context, today: string): Promise<CaseList['counts']> {
  const rows = await context.store.query<{ status: CaseStatus; cases: number }>(
    'SELECT status, count(*) AS cases FROM counter_case GROUP BY status',
  )
  const day = await context.store.get<{ cases: number }>(
    'SELECT count(*) AS cases FROM counter_case WHERE created_on = ?',
    [today],
  )
  const sum = (statuses?: readonly CaseStatus[]) =>
    rows.reduce((total, row) => (!statuses || statuses.includes(row.status) ? total + row.cases : total), 0)
  return {
    today: day?.cases ?? 0,
    forMe: sum(statusesOf.forMe),
    waitingHome: sum(statusesOf.waitingHome),
    completed: sum(statusesOf.completed),
    all: sum(),
  }
}

function waitingIn(stored: ListedRow): JobState[] {
  const jobs = JSON.parse(stored.waiting) as (Omit<JobState, 'lastError'> & { lastError: Failure | null })[]
  return jobs.map((job) => ({ ...job, lastError: job.lastError ?? undefined }))
}

function rowOf(context: Context, stored: ListedRow): CaseRow {
  const { ports } = context
  const case_ = parseCase(stored.document)
  const waiting = waitingIn(stored)
  const order = stored.order_document ? orderViewSchema.parse(JSON.parse(stored.order_document)) : undefined
  const progress = progressOf(case_, ports.resources, figuresAt(case_, instant(ports.clock.now())))
  const status = stored.status as CaseStatus
  const movedOn = status === 'movedOn'
  const situation = {
    case: case_,
    progress,
    order,
    movedOn,
    waiting,
    online: context.connection.view().state === 'online',
  }
  return {
    caseId: case_.caseId,
    caseNumber: case_.caseNumber,
    msisdn: case_.msisdn,
    maskedName: stored.name ? maskName(stored.name) : (stored.masked_name ?? undefined),
    homeProvince: (case_.number ?? case_.recalled)?.homeProvince ?? case_.segment.homeProvince,
    carrier: (case_.number ?? case_.recalled)?.carrier ?? case_.segment.prefixCarrier,
    status,
    stepsDone: stepsDone(case_, progress),
    next: nextOf(situation, status),
    totalFen: (stored.total_fen ?? undefined) as Fen | undefined,
    createdAt: case_.createdAt,
    updatedAt: case_.updatedAt,
    endedAt: closedStatuses.includes(status) ? (order?.effectiveAt ?? order?.updatedAt ?? case_.updatedAt) : undefined,
  }
}

/** A page of cases, newest first, with the counts of all filters. The cursor is opaque to the caller. */
export const listCases: Handler<'case.list'> = async ({ filter, cursor, limit }, context) => {
  const today = shanghaiDate(context.ports.clock.now())
  const where = condition(filter, today)
  const after = cursor === undefined ? undefined : /^(\d{1,16}):([0-9a-f-]{36})$/.exec(cursor)
  if (after === null) return fail('request.malformed', { field: 'cursor', params: { field: 'cursor' } })
  const page = after ? { sql: ' AND (created_at, case_id) < (?, ?)', params: [Number(after[1]), after[2]!] } : undefined
  const stored = await context.store.query<ListedRow>(
    `SELECT ${columns} FROM counter_case WHERE ${where.sql}${page?.sql ?? ''} ORDER BY created_at DESC, case_id DESC LIMIT ?`,
    [...where.params, ...(page?.params ?? []), limit + 1],
  )
  const rows = stored.slice(0, limit).map((row) => rowOf(context, row))
  const last = rows.at(-1)
  return ok({
    rows,
    counts: await countCases(context, today),
    nextCursor: stored.length > limit && last ? `${last.createdAt}:${last.caseId}` : undefined,
  })
}

/** Upper end of an index range for everything that begins with a text. */
const upperEnd = (text: string) => `${text}\u{10FFFF}`

/**
 * Finds cases by number (beginning or end), holder's name (beginning) or case number (beginning or end), newest first.
 * Every branch is an index range, so that a hundred thousand cases answer as fast as a hundred.
 */
export const searchCases: Handler<'case.search'> = async ({ text, limit }, context) => {
  const compact = text.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d)/, '')
  const ranges: [string, string][] = []
  if (/^\d{2,11}$/.test(compact)) ranges.push(['msisdn', compact], ['msisdn_reversed', reversed(compact)])
  if (/^[\dA-Za-z-]{2,20}$/.test(text)) {
    const number = text.toUpperCase()
    ranges.push(['case_number', number], ['case_number_reversed', reversed(number)])
  }
  // A text such as `SZ2611-004` is a case number and nobody's name.
  else if (/[\p{Letter}*]/u.test(text)) ranges.push(['name', text], ['masked_name', text])
  if (/^[A-Za-z]+$/.test(text)) ranges.push(['name', text])
  const parts = ranges.map(
    ([column]) =>
      `SELECT * FROM (SELECT case_id, created_at FROM counter_case WHERE ${column} >= ? AND ${column} < ? LIMIT 500)`,
  )
  const stored =
    parts.length === 0
      ? []
      : await context.store.query<ListedRow>(
          `SELECT ${columns} FROM counter_case WHERE case_id IN
             (SELECT case_id FROM (${parts.join(' UNION ')}) ORDER BY created_at DESC, case_id DESC LIMIT ?)
           ORDER BY created_at DESC, case_id DESC`,
          [...ranges.flatMap(([, from]) => [from, upperEnd(from)]), limit],
        )
  return ok({ rows: stored.map((row) => rowOf(context, row)) })
}

export const viewOneCase: Handler<'case.view'> = ({ caseId }, context, staff) => viewCase(context, caseId, staff.role)
