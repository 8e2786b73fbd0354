import type { Migration } from '../storage/migrations.ts'

/** What the service tells the store beside orders: wishes for a second person, and tickets for supervisors. */
export const supervisionMigration: Migration = {
  version: 6,
  name: 'approval requests and tickets',
  statements: [
    `CREATE TABLE approval_request (
       request_id TEXT PRIMARY KEY,
       case_id TEXT NOT NULL,
       state TEXT NOT NULL,
       requested_at INTEGER NOT NULL,
       expires_at INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       document TEXT NOT NULL
     ) WITHOUT ROWID`,
    'CREATE INDEX approval_request_by_case ON approval_request (case_id, requested_at)',
    "CREATE INDEX approval_request_open ON approval_request (expires_at) WHERE state = 'open'",
    `CREATE TABLE ticket (
       ticket_id TEXT PRIMARY KEY,
       state TEXT NOT NULL,
       opened_at INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       document TEXT NOT NULL
     ) WITHOUT ROWID`,
    "CREATE INDEX ticket_open ON ticket (opened_at) WHERE state = 'open'",
  ],
}
