import type { Migration } from '../storage/migrations.ts'

/** What the service told in words of a newer version, as it came: of each subject the latest, until this program knows the words. */
export const newerChangesMigration: Migration = {
  version: 9,
  name: 'changes that only a newer program can read',
  statements: [
    `CREATE TABLE newer_change (
       kind TEXT NOT NULL,
       subject TEXT NOT NULL,
       sequence INTEGER NOT NULL,
       case_id TEXT,
       document TEXT NOT NULL,
       PRIMARY KEY (kind, subject)
     ) WITHOUT ROWID`,
    'CREATE INDEX newer_change_by_case ON newer_change (case_id) WHERE case_id IS NOT NULL',
  ],
}
