import type { Migration } from '../storage/migrations.ts'

/**
 * The first schema. Cases are one JSON document each; the columns beside it are derived from it for lists and search.
 * Reversed columns make "ends with 8826" an index search like "begins with 139".
 */
export const casesMigration: Migration = {
  version: 1,
  name: 'cases, papers, outbox, orders, audit',
  statements: [
    'CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
    `CREATE TABLE counter_case (
       case_id TEXT PRIMARY KEY,
       case_number TEXT NOT NULL UNIQUE,
       case_number_reversed TEXT NOT NULL,
       msisdn TEXT NOT NULL,
       msisdn_reversed TEXT NOT NULL,
       name TEXT,
       masked_name TEXT,
       state TEXT NOT NULL,
       status TEXT NOT NULL,
       is_open INTEGER NOT NULL,
       total_fen INTEGER,
       created_at INTEGER NOT NULL,
       created_on TEXT NOT NULL,
       updated_at INTEGER NOT NULL,
       submitted_at INTEGER,
       effective_at INTEGER,
       document TEXT NOT NULL
     ) WITHOUT ROWID`,
    'CREATE UNIQUE INDEX one_open_case_per_number ON counter_case (msisdn) WHERE is_open = 1',
    'CREATE INDEX case_by_number ON counter_case (msisdn, created_at)',
    'CREATE INDEX case_by_number_reversed ON counter_case (msisdn_reversed)',
    'CREATE INDEX case_by_case_number_reversed ON counter_case (case_number_reversed)',
    'CREATE INDEX case_by_name ON counter_case (name)',
    'CREATE INDEX case_by_masked_name ON counter_case (masked_name)',
    'CREATE INDEX case_by_status ON counter_case (status, created_at, case_id)',
    'CREATE INDEX case_by_day ON counter_case (created_on, created_at, case_id)',
    'CREATE INDEX case_by_creation ON counter_case (created_at, case_id)',
    'CREATE INDEX case_by_submission ON counter_case (submitted_at)',
    'CREATE INDEX case_by_effect ON counter_case (effective_at)',
    `CREATE TABLE attachment (
       attachment_id TEXT PRIMARY KEY,
       case_id TEXT NOT NULL REFERENCES counter_case (case_id),
       kind TEXT NOT NULL,
       media_type TEXT NOT NULL,
       sha256 TEXT NOT NULL,
       content BLOB,
       taken_at INTEGER NOT NULL,
       job_id TEXT
     )`,
    'CREATE INDEX attachment_by_case ON attachment (case_id)',
    `CREATE TABLE outbox_job (
       sequence INTEGER PRIMARY KEY,
       id TEXT NOT NULL UNIQUE,
       lane TEXT NOT NULL,
       msisdn TEXT NOT NULL,
       kind TEXT NOT NULL,
       version INTEGER NOT NULL,
       payload TEXT NOT NULL,
       staff_id TEXT NOT NULL,
       state TEXT NOT NULL,
       attempts INTEGER NOT NULL,
       next_try_at INTEGER NOT NULL,
       last_error TEXT,
       receipt TEXT,
       created_at INTEGER NOT NULL,
       done_at INTEGER
     )`,
    "CREATE INDEX job_waiting ON outbox_job (lane, sequence, state, next_try_at) WHERE state <> 'done'",
    "CREATE INDEX job_not_done ON outbox_job (state, sequence) WHERE state <> 'done'",
    'CREATE INDEX job_by_lane ON outbox_job (lane, sequence)',
    'CREATE INDEX job_by_creation ON outbox_job (kind, created_at)',
    `CREATE TABLE order_view (
       order_id TEXT PRIMARY KEY,
       case_id TEXT NOT NULL,
       sequence INTEGER NOT NULL,
       document TEXT NOT NULL
     ) WITHOUT ROWID`,
    'CREATE INDEX order_by_case ON order_view (case_id)',
    `CREATE TABLE audit (
       sequence INTEGER PRIMARY KEY,
       at INTEGER NOT NULL,
       staff_id TEXT NOT NULL,
       action TEXT NOT NULL,
       case_id TEXT,
       details TEXT NOT NULL,
       previous_hash TEXT NOT NULL,
       hash TEXT NOT NULL
     )`,
    'CREATE INDEX audit_by_case ON audit (case_id, sequence)',
  ],
}
