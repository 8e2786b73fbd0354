import type { Migration } from '../storage/migrations.ts'

/**
 * What is being sent is known in memory only. Jobs remember who closed them or handed them to whom, delivered papers can be found
 * until they are erased, and the receipts held here are counted: the count is held against the service's.
 */
export const outboxMigration: Migration = {
  version: 2,
  name: 'outbox: receipts counted, closing and handing over, papers kept',
  statements: [
    "UPDATE outbox_job SET state = 'pending' WHERE state = 'sending'",
    'ALTER TABLE outbox_job ADD COLUMN closed TEXT',
    'ALTER TABLE outbox_job ADD COLUMN handed TEXT',
    `INSERT INTO meta (name, value)
     SELECT 'receiptCount', CAST(count(*) AS TEXT) FROM outbox_job WHERE receipt IS NOT NULL`,
    'CREATE INDEX attachment_kept ON attachment (job_id) WHERE content IS NOT NULL AND job_id IS NOT NULL',
  ],
}
