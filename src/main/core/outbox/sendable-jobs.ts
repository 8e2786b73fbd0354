import type { Store } from '../storage/store.ts'
import { longestJobDelayMs } from './retry-policy.ts'

/** What the counter has to know of a job while it travels. */
export interface QueuedJob {
  id: string
  lane: string
  attempts: number
}

/** A job that may be sent, as it lies in the outbox. */
export interface Sendable extends QueuedJob {
  kind: string
  version: number
  /** Whether the payload is a JSON object still. */
  isObject: 0 | 1
  /** The paper it brings and its size; null when it is gone. */
  paperId: string | null
  paperBytes: number | null
  /** The job as it travels, as UTF-8 JSON without its last brace, so that a paper can still be put into the payload before it. */
  envelope: Buffer
}

/** What a batch can be filled from. */
export interface Wanted {
  /** UTC milliseconds. */
  now: number
  /** Most jobs. */
  limit: number
  lanesUnderWay: readonly string[]
}

/**
 * One row with all of them: rows and columns cost the way out of SQLite and between the threads more than what is in them. The envelopes
 * leave it as bytes, one after the other, because they travel as they are written here: nobody reads them on the way.
 */
const sendableText = `SELECT
    json_group_array(json_array(id, lane, attempts, kind, version, is_object, paper_id,
      (SELECT length(content) FROM attachment WHERE attachment_id = paper_id), octet_length(envelope))) AS jobs,
    CAST(group_concat(envelope, '') AS BLOB) AS envelopes
  FROM (
    SELECT id, lane, attempts, kind, version,
      CASE WHEN json_valid(payload) THEN json_type(payload) = 'object' ELSE 0 END AS is_object,
      CASE WHEN kind = 'attachment.store' AND json_valid(payload) THEN payload ->> '$.attachmentId' END AS paper_id,
      '{"id":' || json_quote(id) || ',"sequence":' || sequence || ',"lane":' || json_quote(lane) || ',"kind":' || json_quote(kind)
        || ',"version":' || version || ',"staffId":' || json_quote(staff_id) || ',"createdAt":' || created_at
        || ',"payload":' || rtrim(payload, ' ' || char(9, 10, 13)) AS envelope
    FROM outbox_job AS job
    WHERE state = 'pending' AND state <> 'done' AND NOT (next_try_at > ? AND next_try_at <= ?)
      AND lane NOT IN (SELECT value FROM json_each(?))
      AND NOT EXISTS (
        SELECT 1 FROM outbox_job AS earlier
        WHERE earlier.lane = job.lane AND earlier.sequence < job.sequence AND earlier.state <> 'done'
          AND (earlier.state <> 'pending' OR (earlier.next_try_at > ? AND earlier.next_try_at <= ?)))
    ORDER BY sequence LIMIT ?)`

type SendableCells = [
  ...[id: string, lane: string, attempts: number, kind: string, version: number, isObject: 0 | 1],
  ...[paperId: string | null, paperBytes: number | null, envelopeBytes: number],
]

/** Bytes as a buffer over the same memory. */
const bufferOf = (bytes: Uint8Array | null) =>
  bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0)

/**
 * Jobs that may be sent now, in order: pending, due, and with nothing before them in their lane that needs a person or
 * waits for its next try; lanes that are being sent are left out. A next try further away than any wait comes from a clock
 * that was wrong and counts as due.
 */
export async function sendableJobs(store: Pick<Store, 'get'>, wanted: Wanted): Promise<Sendable[]> {
  const [now, latest] = [wanted.now, wanted.now + longestJobDelayMs]
  const found = await store.get<{ jobs: string; envelopes: Uint8Array | null }>(sendableText, [
    ...[now, latest],
    JSON.stringify(wanted.lanesUnderWay),
    ...[now, latest],
    wanted.limit,
  ])
  const envelopes = bufferOf(found!.envelopes)
  let at = 0
  return (JSON.parse(found!.jobs) as SendableCells[]).map(
    ([id, lane, attempts, kind, version, isObject, paperId, paperBytes, envelopeBytes]) => {
      const envelope = envelopes.subarray(at, at + envelopeBytes)
      at += envelopeBytes
      return { id, lane, attempts, kind, version, isObject, paperId, paperBytes, envelope }
    },
  )
}

/**
 * Contents of papers, in the order of their ids; undefined for one that is gone. They leave SQLite as one piece: text there is bytes of any
 * value, zeros included, so what is put together as text is taken apart again by its lengths.
 */
export async function contentsOf(
  store: Pick<Store, 'get'>,
  paperIds: readonly string[],
): Promise<(Buffer | undefined)[]> {
  if (paperIds.length === 0) return []
  const found = await store.get<{ lengths: string; contents: Uint8Array | null }>(
    `SELECT json_group_array(length(content)) AS lengths, CAST(group_concat(CAST(content AS TEXT), '') AS BLOB) AS contents
     FROM (SELECT content FROM json_each(?) AS wanted LEFT JOIN attachment ON attachment_id = wanted.value ORDER BY wanted.key)`,
    [JSON.stringify(paperIds)],
  )
  const contents = bufferOf(found!.contents)
  let at = 0
  return (JSON.parse(found!.lengths) as (number | null)[]).map((length) => {
    if (length === null) return undefined
    at += length
    return contents.subarray(at - length, at)
  })
}
