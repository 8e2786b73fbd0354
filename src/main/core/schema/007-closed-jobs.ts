import type { Migration } from '../storage/migrations.ts'

/** Numbers of closed jobs are named to the service, and a disk that was set back shows in refused numbers: both are looked for often. */
export const closedJobsMigration: Migration = {
  version: 7,
  name: 'outbox: closed jobs that the service does not know of yet',
  statements: [
    `CREATE INDEX job_closed ON outbox_job (sequence) WHERE closed IS NOT NULL AND closed ->> '$.told' IS NULL`,
  ],
}
