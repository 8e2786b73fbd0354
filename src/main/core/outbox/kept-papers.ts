import type { Store } from '../storage/store.ts'

/**
 * Delivered papers stay so long, encrypted, before they are erased: a service that is restored from its last backup may ask for them
 * again. It has to be backed up at least this often (docs/adr/0004-a-service-that-forgot.md).
 */
export const papersKeptMs = 24 * 3_600_000
/** However much is delivered in a day, not more than this stays; the oldest goes first. The store lives in memory. */
export const mostPaperBytes = 32_000_000

/**
 * Erases delivered papers that are older than a backup may be, and the oldest beyond the largest amount. Both ages are the service's:
 * `serviceNow` in UTC milliseconds and when it received the paper, because a counter's own clock may be days off.
 */
export async function erasePapers(store: Store, serviceNow: number): Promise<void> {
  const found = await store.query<{ attachment_id: string }>(
    `SELECT attachment_id FROM (
       SELECT attachment_id, receipt ->> '$.receivedAt' AS received_at,
         sum(length(content)) OVER (ORDER BY receipt ->> '$.receivedAt' DESC, attachment_id) AS newer_bytes
       FROM attachment JOIN outbox_job ON outbox_job.id = attachment.job_id
       WHERE content IS NOT NULL AND job_id IS NOT NULL AND receipt IS NOT NULL)
     WHERE received_at <= ? OR newer_bytes > ?`,
    [serviceNow - papersKeptMs, mostPaperBytes],
  )
  if (found.length === 0) return
  await store.transaction(async (tx) =>
    tx.run('UPDATE attachment SET content = NULL WHERE attachment_id IN (SELECT value FROM json_each(?))', [
      JSON.stringify(found.map((paper) => paper.attachment_id)),
    ]),
  )
}
