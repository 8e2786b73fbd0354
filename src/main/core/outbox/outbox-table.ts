import { z } from 'zod'
import type { JobView } from '../../../shared/contract/views.ts'
import type { Instant } from '../../../shared/domain/calendar.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { instantSchema } from '../../../shared/domain/scalars.ts'
import { failureSchema, type JobKind } from '../../../shared/protocol/jobs.ts'
import type { OutboxCounts } from '../connection.ts'
import type { Row, Store, Transaction } from '../storage/store.ts'
import { isCorrectable } from './correctable.ts'

/** A row of `outbox_job`. */
export interface JobRow extends Row {
  sequence: number
  id: string
  /** One lane per case: the case's id. */
  lane: string
  msisdn: string
  kind: string
  version: number
  payload: string
  staff_id: string
  state: Exclude<JobView['state'], 'sending' | 'closed'>
  attempts: number
  next_try_at: number
  last_error: string | null
  receipt: string | null
  created_at: number
  done_at: number | null
  /** Why it was closed without a receipt, as JSON. */
  closed: string | null
  /** Who handed it to the supervisors, as JSON. */
  handed: string | null
}

const handedSchema = z.object({ staffName: z.string(), reason: z.string(), at: instantSchema })

/** Which jobs are on their way at this moment is known in memory only; on disk they wait. */
export function markUnderWay(jobs: readonly JobView[], underWay: ReadonlySet<string>): JobView[] {
  return jobs.map((job) =>
    job.state === 'pending' && underWay.has(job.jobId) ? { ...job, state: 'sending', nextTryAt: undefined } : job,
  )
}

/** Columns a view needs; payloads stay in the store. */
const viewColumns =
  'sequence, id, lane, msisdn, kind, state, attempts, next_try_at, last_error, created_at, done_at, closed, handed'

/** A job that still needs something to happen. */
export type OpenJob = JobView & { state: 'pending' | 'sending' | 'needs_attention' }

function openOf(row: JobRow): OpenJob {
  return { ...viewOf(row), state: row.state as 'pending' | 'needs_attention' }
}

function viewOf(row: JobRow): JobView {
  const lastError = row.last_error ? (failureSchema.parse(JSON.parse(row.last_error)) as Failure) : undefined
  return {
    jobId: row.id,
    sequence: row.sequence,
    caseId: row.lane,
    msisdn: row.msisdn,
    kind: row.kind as JobKind,
    state: row.closed ? 'closed' : row.state,
    createdAt: row.created_at as Instant,
    attempts: row.attempts,
    nextTryAt: row.state === 'pending' && row.next_try_at > 0 ? (row.next_try_at as Instant) : undefined,
    lastError,
    doneAt: (row.done_at ?? undefined) as Instant | undefined,
    mayCorrect: isCorrectable({ kind: row.kind, state: row.state, code: lastError?.code }),
    handedOver: row.handed ? handedSchema.parse(JSON.parse(row.handed)) : undefined,
  }
}

type Reader = Pick<Store, 'get'> & { all?: Transaction['all']; query?: Store['query'] }

function rows(reader: Store | Transaction, sql: string, params: readonly (string | number)[]): Promise<JobRow[]> {
  const { all, query } = reader as Reader
  return all ? all<JobRow>(sql, params) : query!<JobRow>(sql, params)
}

/** Jobs of a case that are not done, in order. */
export async function openJobsOfCase(reader: Store | Transaction, caseId: string): Promise<OpenJob[]> {
  const sql = `SELECT ${viewColumns} FROM outbox_job WHERE lane = ? AND state <> 'done' ORDER BY sequence`
  return (await rows(reader, sql, [caseId])).map(openOf)
}

/** Jobs that are not done, first what needs a person, and of that first what was handed to the supervisors; then in order. */
export async function waitingJobs(reader: Store | Transaction, limit: number): Promise<JobView[]> {
  const sql = `SELECT ${viewColumns} FROM outbox_job WHERE state <> 'done'
    ORDER BY state = 'needs_attention' DESC, handed IS NULL, sequence LIMIT ?`
  return (await rows(reader, sql, [limit])).map(viewOf)
}

/** At most so many of each are listed. */
export interface ShownLimits {
  waiting: number
  done: number
}

/**
 * Jobs that wait, as `waitingJobs` orders them, then those done last, newest first; and how many wait in all. One statement, so that a
 * job whose receipt arrives meanwhile is in one of the two and not in both.
 */
export async function shownJobs(
  reader: Store | Transaction,
  limits: ShownLimits,
): Promise<OutboxCounts & { jobs: JobView[] }> {
  const sql = `WITH shown AS (
      SELECT * FROM (SELECT 0 AS part, ${viewColumns} FROM outbox_job WHERE state <> 'done'
        ORDER BY state = 'needs_attention' DESC, handed IS NULL, sequence LIMIT ?)
      UNION ALL
      SELECT * FROM (SELECT 1 AS part, ${viewColumns} FROM outbox_job WHERE state = 'done' ORDER BY sequence DESC LIMIT ?))
    SELECT shown.*, (SELECT count(*) FROM outbox_job WHERE state <> 'done') AS waiting_jobs,
      (SELECT count(*) FROM outbox_job WHERE state = 'needs_attention') AS needs_attention
    FROM shown ORDER BY part, state = 'needs_attention' DESC, part = 0 AND handed IS NULL,
      CASE part WHEN 0 THEN sequence ELSE -sequence END`
  const found = (await rows(reader, sql, [limits.waiting, limits.done])) as (JobRow & {
    waiting_jobs: number
    needs_attention: number
  })[]
  return {
    jobs: found.map(viewOf),
    // Where nothing is shown, nothing waits.
    waitingJobs: found[0]?.waiting_jobs ?? 0,
    needsAttention: found[0]?.needs_attention ?? 0,
  }
}

/** How many jobs are not at the service yet, and how many of them need a person. */
export async function countJobs(reader: Pick<Store, 'get'>): Promise<OutboxCounts> {
  // Each by itself: SQLite counts what an index holds without looking at it, but only where nothing else is asked.
  const row = await reader.get<{ waiting: number; attention: number }>(
    `SELECT (SELECT count(*) FROM outbox_job WHERE state <> 'done') AS waiting,
       (SELECT count(*) FROM outbox_job WHERE state = 'needs_attention' AND state <> 'done') AS attention`,
  )
  return { waitingJobs: row?.waiting ?? 0, needsAttention: row?.attention ?? 0 }
}
