import { type JobEnvelope, type JobKind, jobPayloads, jobPayloadVersion } from '../../../shared/protocol/jobs.ts'
import { toBase64 } from '../base64.ts'
import type { Store } from '../storage/store.ts'
import { storedPayloads } from './enqueue.ts'
import type { JobRow } from './outbox-table.ts'
import { longestJobDelayMs } from './retry-policy.ts'

/** How much goes into one request. */
export const batchLimits = { jobs: 50, bytes: 4_000_000 } as const

export interface Batch {
  rows: JobRow[]
  envelopes: JobEnvelope[]
  /** Rows whose payload is no longer readable; a person has to look, nothing is dropped. */
  unreadable: JobRow[]
}

/**
 * Jobs that may be sent now, in order: pending, due, and with nothing before them in their lane that needs a person or
 * waits for its next try. A next try further away than any wait comes from a clock that was wrong and counts as due.
 */
export async function sendableJobs(store: Pick<Store, 'query'>, now: number, limit: number): Promise<JobRow[]> {
  return store.query<JobRow>(
    `SELECT * FROM outbox_job AS job
     WHERE state = 'pending' AND NOT (next_try_at > ? AND next_try_at <= ?)
       AND NOT EXISTS (
         SELECT 1 FROM outbox_job AS earlier
         WHERE earlier.lane = job.lane AND earlier.sequence < job.sequence AND earlier.state <> 'done'
           AND (earlier.state <> 'pending' OR (earlier.next_try_at > ? AND earlier.next_try_at <= ?)))
     ORDER BY sequence LIMIT ?`,
    [now, now + longestJobDelayMs, now, now + longestJobDelayMs, limit],
  )
}

async function envelopeOf(store: Pick<Store, 'get'>, row: JobRow): Promise<JobEnvelope | undefined> {
  const schema = storedPayloads[row.kind as JobKind]
  if (!schema || row.version !== jobPayloadVersion) return undefined
  let stored: unknown
  try {
    stored = JSON.parse(row.payload)
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(stored)
  if (!parsed.success) return undefined
  let payload: unknown = parsed.data
  if (row.kind === 'attachment.store') {
    const { attachmentId } = parsed.data as { attachmentId: string }
    const paper = await store.get<{ content: Uint8Array | null }>(
      'SELECT content FROM attachment WHERE attachment_id = ?',
      [attachmentId],
    )
    const whole = jobPayloads['attachment.store'].safeParse({
      ...parsed.data,
      contentBase64: paper?.content ? toBase64(paper.content) : undefined,
    })
    if (!whole.success) return undefined
    payload = whole.data
  }
  return {
    id: row.id,
    sequence: row.sequence,
    lane: row.lane,
    kind: row.kind as JobKind,
    version: row.version,
    staffId: row.staff_id,
    createdAt: row.created_at as JobEnvelope['createdAt'],
    payload,
  }
}

/** Fills a batch from jobs in order, up to the limits. A job larger than a whole batch travels alone. */
export async function fillBatch(store: Pick<Store, 'get'>, candidates: readonly JobRow[]): Promise<Batch> {
  const batch: Batch = { rows: [], envelopes: [], unreadable: [] }
  const heldLanes = new Set<string>()
  let bytes = 0
  for (const row of candidates) {
    if (heldLanes.has(row.lane)) continue
    const envelope = await envelopeOf(store, row)
    if (!envelope) {
      batch.unreadable.push(row)
      heldLanes.add(row.lane)
      continue
    }
    const size = JSON.stringify(envelope).length
    if (bytes > 0 && bytes + size > batchLimits.bytes) break
    bytes += size
    batch.rows.push(row)
    batch.envelopes.push(envelope)
  }
  return batch
}
