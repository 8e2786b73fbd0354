import type { JobView } from '../../../shared/contract/views.ts'
import type { Instant } from '../../../shared/domain/calendar.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { failureSchema, type JobKind, type Receipt, receiptSchema } from '../../../shared/protocol/jobs.ts'
import type { OutboxCounts } from '../connection.ts'
import type { Row, Store, Transaction } from '../storage/store.ts'

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
  state: Exclude<JobView['state'], 'sending'>
  attempts: number
  next_try_at: number
  last_error: string | null
  receipt: string | null
  created_at: number
  done_at: number | null
}

/** Which jobs are on their way at this moment is known in memory only; on disk they wait. */
export function markUnderWay(jobs: readonly JobView[], underWay: ReadonlySet<string>): JobView[] {
  return jobs.map((job) =>
    job.state === 'pending' && underWay.has(job.jobId) ? { ...job, state: 'sending', nextTryAt: undefined } : job,
  )
}

/** Columns a view needs; payloads stay in the store. */
const viewColumns = 'sequence, id, lane, msisdn, kind, state, attempts, next_try_at, last_error, created_at, done_at'

function viewOf(row: JobRow): JobView {
  return {
    jobId: row.id,
    caseId: row.lane,
    msisdn: row.msisdn,
    kind: row.kind as JobKind,
    state: row.state,
    createdAt: row.created_at as Instant,
    attempts: row.attempts,
    nextTryAt: row.state === 'pending' && row.next_try_at > 0 ? (row.next_try_at as Instant) : undefined,
    lastError: row.last_error ? (failureSchema.parse(JSON.parse(row.last_error)) as Failure) : undefined,
    doneAt: (row.done_at ?? undefined) as Instant | undefined,
  }
}

type Reader = Pick<Store, 'get'> & { all?: Transaction['all']; query?: Store['query'] }

function rows(reader: Store | Transaction, sql: string, params: readonly (string | number)[]): Promise<JobRow[]> {
  const { all, query } = reader as Reader
  return all ? all<JobRow>(sql, params) : query!<JobRow>(sql, params)
}

/** All jobs of a case in order. */
export async function jobsOfCase(reader: Store | Transaction, caseId: string): Promise<JobView[]> {
  return (await rows(reader, `SELECT ${viewColumns} FROM outbox_job WHERE lane = ? ORDER BY sequence`, [caseId])).map(
    viewOf,
  )
}

/** Jobs that are not done, first what needs a person, then in order. */
export async function waitingJobs(reader: Store | Transaction, limit: number): Promise<JobView[]> {
  const sql = `SELECT ${viewColumns} FROM outbox_job WHERE state <> 'done'
    ORDER BY state = 'needs_attention' DESC, sequence LIMIT ?`
  return (await rows(reader, sql, [limit])).map(viewOf)
}

/** Jobs done last, newest first. */
export async function doneJobs(reader: Store | Transaction, limit: number): Promise<JobView[]> {
  const sql = `SELECT ${viewColumns} FROM outbox_job WHERE state = 'done' ORDER BY sequence DESC LIMIT ?`
  return (await rows(reader, sql, [limit])).map(viewOf)
}

/** How many jobs are not at the service yet, and how many of them need a person. */
export async function countJobs(reader: Pick<Store, 'get'>): Promise<OutboxCounts> {
  const row = await reader.get<{ waiting: number; attention: number | null }>(
    "SELECT count(*) AS waiting, sum(state = 'needs_attention') AS attention FROM outbox_job WHERE state <> 'done'",
  )
  return { waitingJobs: row?.waiting ?? 0, needsAttention: row?.attention ?? 0 }
}

/** The receipt of a done job. */
export function receiptOf(row: Pick<JobRow, 'receipt'>): Receipt | undefined {
  return row.receipt ? receiptSchema.parse(JSON.parse(row.receipt)) : undefined
}
