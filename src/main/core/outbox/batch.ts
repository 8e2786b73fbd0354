import { type JobEnvelope, type JobKind, jobPayloadVersion } from '../../../shared/protocol/jobs.ts'
import { toBase64 } from '../base64.ts'
import { readMeta } from '../meta.ts'
import type { Row, Store } from '../storage/store.ts'
import { storedPayloads } from './enqueue.ts'
import type { JobRow } from './outbox-table.ts'
import { longestJobDelayMs } from './retry-policy.ts'
import { type PaperToUpload, uploadAboveBytes } from './upload-papers.ts'

/** How much goes into one request. */
export const batchLimits = { jobs: 100, bytes: 4_000_000 } as const

/** A job that may be sent, with the size of the paper it brings. */
export interface Sendable extends JobRow {
  paper_bytes: number | null
}

export interface Batch {
  rows: JobRow[]
  /** The request's `jobs`, each as JSON, in order. */
  jobs: string[]
  /** Receipts held when it was filled. */
  receipts: number
  /** Papers that must be at the service before these jobs, which only name them. */
  uploads: PaperToUpload[]
  /** Rows whose payload is no longer readable; a person has to look, nothing is dropped. */
  unreadable: JobRow[]
  /** Those of them whose paper is no longer here. */
  paperless: ReadonlySet<string>
}

/**
 * Jobs that may be sent now, in order: pending, due, and with nothing before them in their lane that needs a person or
 * waits for its next try; lanes that are being sent are left out. A next try further away than any wait comes from a clock
 * that was wrong and counts as due.
 */
export async function sendableJobs(
  store: Pick<Store, 'query'>,
  about: { now: number; limit: number; lanesUnderWay: Iterable<string> },
): Promise<Sendable[]> {
  const { now, limit } = about
  return store.query<Sendable>(
    `SELECT job.*, (SELECT length(content) FROM attachment
       WHERE job.kind = 'attachment.store' AND attachment_id = job.payload ->> '$.attachmentId') AS paper_bytes
     FROM outbox_job AS job
     WHERE state = 'pending' AND NOT (next_try_at > ? AND next_try_at <= ?)
       AND lane NOT IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (
         SELECT 1 FROM outbox_job AS earlier
         WHERE earlier.lane = job.lane AND earlier.sequence < job.sequence AND earlier.state <> 'done'
           AND (earlier.state <> 'pending' OR (earlier.next_try_at > ? AND earlier.next_try_at <= ?)))
     ORDER BY sequence LIMIT ?`,
    [now, now + longestJobDelayMs, JSON.stringify([...about.lanesUnderWay]), now, now + longestJobDelayMs, limit],
  )
}

/** What a job's payload says of the paper it brings, if it brings one. */
type Brought = Partial<Omit<PaperToUpload, 'bytes'>>

/** The paper of a job when it is too large to travel within it. */
function uploadOf(row: Sendable, payload: Brought): PaperToUpload | undefined {
  const { attachmentId, mediaType, sha256 } = payload
  if (row.kind !== 'attachment.store' || (row.paper_bytes ?? 0) <= uploadAboveBytes) return undefined
  if (!attachmentId || !mediaType || !sha256) return undefined
  return { attachmentId, mediaType, sha256, bytes: row.paper_bytes! }
}

function payloadOf(row: JobRow): Brought | undefined {
  const schema = storedPayloads[row.kind as JobKind]
  if (!schema || row.version !== jobPayloadVersion) return undefined
  try {
    const parsed = schema.safeParse(JSON.parse(row.payload))
    return parsed.success ? (parsed.data as Brought) : undefined
  } catch {
    return undefined
  }
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

/** Fills a batch from jobs in order, up to the limits. A job larger than a whole batch travels alone. */
export async function fillBatch(store: Pick<Store, 'query' | 'get'>, candidates: readonly Sendable[]): Promise<Batch> {
  const chosen: { row: Sendable; payload: Brought; upload: PaperToUpload | undefined }[] = []
  const unreadable: JobRow[] = []
  const paperless = new Set<string>()
  const heldLanes = new Set<string>()
  let bytes = 0
  for (const row of candidates) {
    if (heldLanes.has(row.lane)) continue
    const payload = payloadOf(row)
    const isPaperless = payload !== undefined && row.kind === 'attachment.store' && row.paper_bytes === null
    if (isPaperless) paperless.add(row.id)
    if (!payload || isPaperless) {
      unreadable.push(row)
      heldLanes.add(row.lane)
      continue
    }
    // The envelope around the payload, and base64 for the paper.
    const upload = uploadOf(row, payload)
    const size = 400 + row.payload.length + (upload ? 0 : Math.ceil((row.paper_bytes ?? 0) / 3) * 4)
    if (bytes > 0 && bytes + size > batchLimits.bytes) break
    bytes += size
    chosen.push({ row, payload, upload })
  }
  const papers = await papersOf(
    store,
    chosen.flatMap(({ row, payload, upload }) =>
      row.kind === 'attachment.store' && !upload ? payload.attachmentId! : [],
    ),
  )
  const jobs = chosen.map(({ row, payload }) => {
    const paper = payload.attachmentId === undefined ? undefined : papers.get(payload.attachmentId)
    return JSON.stringify({
      id: row.id,
      sequence: row.sequence,
      lane: row.lane,
      kind: row.kind as JobKind,
      version: row.version,
      staffId: row.staff_id,
      createdAt: row.created_at as JobEnvelope['createdAt'],
      payload: paper ? { ...payload, contentBase64: toBase64(paper) } : payload,
    } satisfies JobEnvelope)
  })
  const receipts = (await readMeta(store, 'receiptCount')) ?? 0
  const uploads = chosen.flatMap(({ upload }) => upload ?? [])
  return { rows: chosen.map(({ row }) => row), jobs, receipts, uploads, unreadable, paperless }
}
