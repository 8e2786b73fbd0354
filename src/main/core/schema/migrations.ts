import type { Migration } from '../storage/migrations.ts'
import { casesMigration } from './001-cases.ts'
import { outboxMigration } from './002-outbox.ts'
import { caseDatesMigration } from './003-case-dates.ts'
import { rulesMigration } from './004-rules.ts'
import { statementsMigration } from './005-statements.ts'
import { supervisionMigration } from './006-supervision.ts'
import { closedJobsMigration } from './007-closed-jobs.ts'
import { ruleKeyRevocationMigration } from './008-rule-key-revocation.ts'
import { newerChangesMigration } from './009-newer-changes.ts'

/** Every change of the local schema, in order. A released migration never changes. */
export const migrations: readonly Migration[] = [
  casesMigration,
  outboxMigration,
  caseDatesMigration,
  rulesMigration,
  statementsMigration,
  supervisionMigration,
  closedJobsMigration,
  ruleKeyRevocationMigration,
  newerChangesMigration,
]
