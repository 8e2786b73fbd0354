import type { Migration } from '../storage/migrations.ts'

/** Most changes of a case come before it has these dates: entries without them cost every write and answer no question. */
export const caseDatesMigration: Migration = {
  version: 3,
  name: 'cases: only dates that are there are indexed',
  statements: [
    'DROP INDEX case_by_submission',
    'DROP INDEX case_by_effect',
    'CREATE INDEX case_by_submission ON counter_case (submitted_at) WHERE submitted_at IS NOT NULL',
    'CREATE INDEX case_by_effect ON counter_case (effective_at) WHERE effective_at IS NOT NULL',
  ],
}
