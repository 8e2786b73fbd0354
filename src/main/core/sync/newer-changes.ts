import type { NewerChange } from '../../../shared/protocol/arrived-changes.ts'
import { deleteMeta, readMeta, writeMeta } from '../meta.ts'
import type { Store, Transaction } from '../storage/store.ts'

type Reader = Pick<Store, 'get'> | Transaction

/**
 * Most that is kept beside orders, the latest first: as much as a counter's memory bears that is not updated for months. Of orders one
 * change each is kept, as of `order_view`, because without it a list would show where the order was before.
 */
export const mostNewer = { changes: 2_000, bytes: 8_000_000 } as const

/** What a change is kept under: of one thing the latest is enough, and without a name every change is one of its own. */
function keptUnder({ of, subject, sequence }: NewerChange): [string, string] {
  return [of, subject ?? `#${sequence}`]
}

/** Where what is known of something stands, by the kind of change that tells of it. */
const knownIn: Readonly<Record<string, { table: string; id: string }>> = {
  order: { table: 'order_view', id: 'order_id' },
  approvalRequest: { table: 'approval_request', id: 'request_id' },
  ticket: { table: 'ticket', id: 'ticket_id' },
}

/** Whether more is known already: a later change of the same thing was in words of this version. */
async function isOvertaken(tx: Transaction, { of, subject, sequence }: NewerChange): Promise<boolean> {
  const known = knownIn[of]
  if (!known || subject === undefined) return false
  const row = await tx.get<{ sequence: number }>(`SELECT sequence FROM ${known.table} WHERE ${known.id} = ?`, [subject])
  return row !== undefined && row.sequence > sequence
}

/** Keeps a change for the program that can read it. Returns false for one that is here already, or is older than what is here. */
export async function keepNewer(tx: Transaction, change: NewerChange): Promise<boolean> {
  if (await isOvertaken(tx, change)) return false
  const [kind, subject] = keptUnder(change)
  const kept = await tx.get<{ sequence: number }>('SELECT sequence FROM newer_change WHERE kind = ? AND subject = ?', [
    kind,
    subject,
  ])
  if (kept && kept.sequence >= change.sequence) return false
  tx.run(
    `INSERT INTO newer_change (kind, subject, sequence, case_id, document) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, subject) DO UPDATE SET sequence = excluded.sequence, case_id = excluded.case_id,
       document = excluded.document`,
    [kind, subject, change.sequence, change.caseId ?? null, JSON.stringify(change.raw)],
  )
  return true
}

/**
 * Lets go of the oldest that is kept beyond `mostNewer`, and notes where that begins: a program of another version asks the feed for it
 * again. `version` is this program's.
 */
export async function boundNewer(tx: Transaction, version: string): Promise<void> {
  const cut = await tx.get<{ first: number | null; last: number | null }>(
    `SELECT min(sequence) AS first, max(sequence) AS last FROM (
       SELECT sequence, row_number() OVER latest AS place, sum(length(document)) OVER latest AS bytes
       FROM newer_change WHERE kind <> 'order' WINDOW latest AS (ORDER BY sequence DESC))
     WHERE place > ? OR bytes > ?`,
    [mostNewer.changes, mostNewer.bytes],
  )
  if (!cut || cut.first === null || cut.last === null) return
  tx.run("DELETE FROM newer_change WHERE kind <> 'order' AND sequence <= ?", [cut.last])
  const before = await readMeta(tx, 'newerLetGo')
  writeMeta(tx, 'newerLetGo', { from: Math.min(before?.from ?? cut.first, cut.first), version })
}

/**
 * Goes back in the feed to the change `from`, for which an earlier version had no room. What was heard since does no harm when it is
 * heard once more, and a service that no longer remembers says so.
 */
export async function askAgainFrom(tx: Transaction, from: number): Promise<void> {
  const cursor = (await readMeta(tx, 'changesCursor')) ?? 0
  writeMeta(tx, 'changesCursor', Math.min(cursor, from - 1))
  deleteMeta(tx, 'changesMark')
  deleteMeta(tx, 'newerLetGo')
}

/** Forgets what was kept about something, once it has been read as it is after the change `sequence`. */
export function forgetNewer(tx: Transaction, kind: string, subject: string, sequence: number): void {
  tx.run('DELETE FROM newer_change WHERE kind = ? AND subject = ? AND sequence <= ?', [kind, subject, sequence])
}

/** Forgets everything: the feed is read again from its beginning and tells what there is. */
export function forgetAllNewer(tx: Transaction): void {
  tx.run('DELETE FROM newer_change')
  deleteMeta(tx, 'newerLetGo')
}

/** Everything that is kept, as it came, in the order of the feed. */
export async function keptNewer(tx: Transaction): Promise<unknown[]> {
  const rows = await tx.all<{ document: string }>('SELECT document FROM newer_change ORDER BY sequence')
  return rows.map(({ document }) => JSON.parse(document) as unknown)
}

/** How much is kept, of which so much for the store's supervisors: all but orders, and what is closed. */
export async function countNewer(reader: Reader): Promise<{ all: number; supervision: number }> {
  const counted = await reader.get<{ kept: number; supervision: number }>(
    `SELECT count(*) AS kept,
       count(*) FILTER (WHERE kind <> 'order' AND coalesce(document ->> '$.ticket.state', 'open') <> 'closed') AS supervision
     FROM newer_change`,
  )
  return { all: counted?.kept ?? 0, supervision: counted?.supervision ?? 0 }
}

/** SQL that says whether the order of the case in `caseId` (a column or `?`) went on in words that this program does not have. */
export const movedOnSql = (caseId: string): string => `EXISTS (
  SELECT 1 FROM newer_change AS newer WHERE newer.case_id = ${caseId} AND newer.kind = 'order' AND newer.sequence >
    coalesce((SELECT known.sequence FROM order_view AS known WHERE known.order_id = newer.subject), 0))`

/** True when the order of a case is past what is shown of it: its stage, or all else beside an event, has no name here. */
export async function hasMovedOn(reader: Reader, caseId: string): Promise<boolean> {
  const row = await reader.get<{ moved: number }>(`SELECT ${movedOnSql('?')} AS moved`, [caseId])
  return row?.moved === 1
}

/** True when something happened to a case that this program cannot show, or not all of it. */
export async function hasNewer(reader: Reader, caseId: string): Promise<boolean> {
  return (await reader.get('SELECT 1 AS there FROM newer_change WHERE case_id = ? LIMIT 1', [caseId])) !== undefined
}
