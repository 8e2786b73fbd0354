import type { ErrorCode } from '../../../shared/contract/errors.ts'
import { attachmentRefSchema, type JobEnvelope, jobKinds, jobPayloadVersion } from '../../../shared/protocol/jobs.ts'
import { toBase64 } from '../base64.ts'
import { readMeta } from '../meta.ts'
import type { Row, Store } from '../storage/store.ts'
import { longestJobDelayMs } from './retry-policy.ts'
import { type PaperToUpload, uploadAboveBytes } from './upload-papers.ts'

/** How much goes into one request, unless a single job is larger. */
const mostBytes = 4_000_000

/** What the counter has to know of a job while it travels. */
export interface QueuedJob {
  id: string
  lane: string
  attempts: number
}

/** A job that may be sent, as it lies in the outbox. */
export interface Sendable extends QueuedJob {
  sequence: number
  kind: string
  version: number
  payload: string
  staffId: string
  createdAt: number
  /** Whether the payload is a JSON object still. */
  isObject: 0 | 1
  /** The paper it brings and its size; null when it is gone. */
  paperId: string | null
  paperBytes: number | null
}

export interface Batch {
  jobs: QueuedJob[]
  /** The request as it travels. */
  body: string
  /** Papers that must be at the service before these jobs, which only name them. */
  uploads: PaperToUpload[]
  /** Jobs that cannot be sent as they are, and why: a person has to look, nothing is dropped. */
  unreadable: (QueuedJob & { code: ErrorCode })[]
}

/** The lanes of jobs, each once. */
export const lanesOf = (jobs: readonly QueuedJob[]) => [...new Set(jobs.map((job) => job.lane))]

/** One row with all of them: rows and columns cost the way out of SQLite and between the threads more than what is in them. */
const sendableText = `SELECT json_group_array(json_array(
    id, lane, attempts, sequence, kind, version, payload, staff_id, created_at, is_object, paper_id,
    (SELECT length(content) FROM attachment WHERE attachment_id = paper_id))) AS jobs
  FROM (
    SELECT id, lane, attempts, sequence, kind, version, payload, staff_id, created_at,
      CASE WHEN json_valid(payload) THEN json_type(payload) = 'object' ELSE 0 END AS is_object,
      CASE WHEN kind = 'attachment.store' AND json_valid(payload) THEN payload ->> '$.attachmentId' END AS paper_id
    FROM outbox_job AS job
    WHERE state = 'pending' AND state <> 'done' AND NOT (next_try_at > ? AND next_try_at <= ?)
      AND lane NOT IN (SELECT value FROM json_each(?))
      AND NOT EXISTS (
        SELECT 1 FROM outbox_job AS earlier
        WHERE earlier.lane = job.lane AND earlier.sequence < job.sequence AND earlier.state <> 'done'
          AND (earlier.state <> 'pending' OR (earlier.next_try_at > ? AND earlier.next_try_at <= ?)))
    ORDER BY sequence LIMIT ?)`

type SendableCells = [
  ...[id: string, lane: string, attempts: number, sequence: number, kind: string, version: number, payload: string],
  ...[staffId: string, createdAt: number, isObject: 0 | 1, paperId: string | null, paperBytes: number | null],
]

/**
 * Jobs that may be sent now, in order: pending, due, and with nothing before them in their lane that needs a person or
 * waits for its next try; lanes that are being sent are left out. A next try further away than any wait comes from a clock
 * that was wrong and counts as due.
 */
export async function sendableJobs(
  store: Pick<Store, 'get'>,
  about: { now: number; limit: number; lanesUnderWay: readonly string[] },
): Promise<Sendable[]> {
  const [now, latest] = [about.now, about.now + longestJobDelayMs]
  const found = await store.get<{ jobs: string }>(sendableText, [
    ...[now, latest],
    JSON.stringify(about.lanesUnderWay),
    ...[now, latest],
    about.limit,
  ])
  return (JSON.parse(found!.jobs) as SendableCells[]).map(
    ([id, lane, attempts, sequence, kind, version, payload, staffId, createdAt, isObject, paperId, paperBytes]) => ({
      ...{ id, lane, attempts, sequence, kind, version, payload, staffId, createdAt, isObject, paperId, paperBytes },
    }),
  )
}

/**
 * Whether a job can travel as it lies here, or why a person has to look at it. What its payload has to hold the service judges, and its
 * refusal holds the job just as well.
 */
function flawOf(job: Sendable): ErrorCode | undefined {
  const isKnown = (jobKinds as readonly string[]).includes(job.kind) && job.version === jobPayloadVersion
  if (!isKnown || !job.isObject) return 'job.malformed'
  if (job.kind !== 'attachment.store') return undefined
  if (!job.paperId) return 'job.malformed'
  return job.paperBytes === null ? 'job.paperGone' : undefined
}

/** The paper of a job when it is too large to travel within it. */
function uploadOf(job: Sendable): PaperToUpload | undefined {
  if (job.kind !== 'attachment.store' || (job.paperBytes ?? 0) <= uploadAboveBytes) return undefined
  const parsed = attachmentRefSchema.safeParse(JSON.parse(job.payload))
  return parsed.success ? { ...parsed.data, bytes: job.paperBytes! } : undefined
}

interface Paper extends Row {
  attachment_id: string
  content: Uint8Array
}

async function papersOf(store: Pick<Store, 'query'>, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
  if (ids.length === 0) return new Map()
  const papers = await store.query<Paper>(
    `SELECT attachment_id, content FROM attachment
     WHERE attachment_id IN (SELECT value FROM json_each(?)) AND content IS NOT NULL`,
    [JSON.stringify(ids)],
  )
  return new Map(papers.map((paper) => [paper.attachment_id, paper.content]))
}

/** A job as it travels. Its payload is the text that was written down with it: the same, however often and by whichever version it is sent. */
function envelopeOf(job: Sendable, paper: Uint8Array | undefined): string {
  const payload = paper ? `${job.payload.trimEnd().slice(0, -1)},"contentBase64":"${toBase64(paper)}"}` : job.payload
  const { id, sequence, lane, kind, version, staffId, createdAt } = job
  const head = JSON.stringify({ id, sequence, lane, kind, version, staffId, createdAt } satisfies Partial<
    Record<keyof JobEnvelope, unknown>
  >)
  return `${head.slice(0, -1)},"payload":${payload}}`
}

/** Fills a batch from jobs in order, up to the limits. A job larger than a whole batch travels alone. */
export async function fillBatch(store: Pick<Store, 'query' | 'get'>, candidates: readonly Sendable[]): Promise<Batch> {
  const chosen: { job: Sendable; paperId: string | null }[] = []
  const uploads: PaperToUpload[] = []
  const unreadable: Batch['unreadable'] = []
  const heldLanes = new Set<string>()
  let bytes = 0
  for (const job of candidates) {
    if (heldLanes.has(job.lane)) continue
    const flaw = flawOf(job)
    if (flaw) {
      unreadable.push({ id: job.id, lane: job.lane, attempts: job.attempts, code: flaw })
      heldLanes.add(job.lane)
      continue
    }
    const upload = uploadOf(job)
    // The envelope around the payload, and base64 for the paper.
    const size = 400 + job.payload.length + (upload ? 0 : Math.ceil((job.paperBytes ?? 0) / 3) * 4)
    if (bytes > 0 && bytes + size > mostBytes) break
    bytes += size
    if (upload) uploads.push(upload)
    chosen.push({ job, paperId: upload ? null : job.paperId })
  }
  const papers = await papersOf(
    store,
    chosen.flatMap(({ paperId }) => paperId ?? []),
  )
  const envelopes = chosen.map(({ job, paperId }) => envelopeOf(job, paperId ? papers.get(paperId) : undefined))
  const receipts = (await readMeta(store, 'receiptCount')) ?? 0
  return {
    jobs: chosen.map(({ job: { id, lane, attempts } }) => ({ id, lane, attempts })),
    body: `{"receipts":${receipts},"jobs":[${envelopes.join(',')}]}`,
    uploads,
    unreadable,
  }
}
