import type { Migration } from '../storage/migrations.ts'

/** Statements of the inter-province ledger as they were fetched last, so that they can be read without the network. */
export const statementsMigration: Migration = {
  version: 5,
  name: 'statements fetched from the service',
  statements: [
    `CREATE TABLE ledger_statement (
       handling TEXT NOT NULL,
       home TEXT NOT NULL,
       day TEXT NOT NULL,
       summary TEXT NOT NULL,
       document TEXT,
       fetched_at INTEGER NOT NULL,
       document_at INTEGER,
       PRIMARY KEY (handling, home, day)
     ) WITHOUT ROWID`,
    'CREATE INDEX statement_by_day ON ledger_statement (day)',
    // The few orders that still owe their customer something are found without looking at all others.
    "CREATE INDEX order_owing ON order_view (case_id) WHERE json_extract(document, '$.owedHereFen') > 0",
  ],
}
