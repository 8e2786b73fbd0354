import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { wholeRoad } from './migrations/0001-whole-road.ts'
import { corrections } from './migrations/0002-corrections.ts'
import { reconciliation } from './migrations/0003-reconciliation.ts'
import { changeKinds } from './migrations/0004-change-kinds.ts'
import { rulePacks } from './migrations/0005-rule-packs.ts'
import { ledger } from './migrations/0006-ledger.ts'
import { blockerOverrides } from './migrations/0007-blocker-overrides.ts'
import { risk } from './migrations/0008-risk.ts'
import { operation } from './migrations/0009-operation.ts'
import { askers } from './migrations/0010-askers.ts'
import { auditAnchors } from './migrations/0011-audit-anchors.ts'
import { recheck } from './migrations/0012-recheck.ts'
import { uploads } from './migrations/0013-uploads.ts'
import { ruleKeyRevocation } from './migrations/0014-rule-key-revocation.ts'
import { paymentAndRenewal } from './migrations/0015-payment-and-renewal.ts'
import type { Tables } from './tables.ts'

/** One SQL statement per entry: PGlite's extended protocol takes a single statement at a time. */
const migrations: Record<string, readonly string[]> = {
  '0001-whole-road': wholeRoad,
  '0002-corrections': corrections,
  '0003-reconciliation': reconciliation,
  '0004-change-kinds': changeKinds,
  '0005-rule-packs': rulePacks,
  '0006-ledger': ledger,
  '0007-blocker-overrides': blockerOverrides,
  '0008-risk': risk,
  '0009-operation': operation,
  '0010-askers': askers,
  '0011-audit-anchors': auditAnchors,
  '0012-recheck': recheck,
  '0013-uploads': uploads,
  '0014-rule-key-revocation': ruleKeyRevocation,
  '0015-payment-and-renewal': paymentAndRenewal,
}

function asMigration(statements: readonly string[]): Migration {
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}

/** Brings the schema up to date; several processes may start at once (the migrator holds a lock on PostgreSQL). */
export async function migrateToLatest(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      async getMigrations() {
        return Object.fromEntries(Object.entries(migrations).map(([name, sqls]) => [name, asMigration(sqls)]))
      },
    },
  })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
