import type { Migration } from '../storage/migrations.ts'

/** A key that signs rules can be revoked, by the one that comes after it; its revocation is kept beside it. */
export const ruleKeyRevocationMigration: Migration = {
  version: 8,
  name: 'rules: revoked keys',
  statements: ['ALTER TABLE rule_key ADD COLUMN revocation TEXT'],
}
