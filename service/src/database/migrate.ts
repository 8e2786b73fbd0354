import { setTimeout as wait } from 'node:timers/promises'
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
import { repairs } from './migrations/0016-repairs.ts'
import { olderBuilds } from './migrations/0017-older-builds.ts'
import { forgetting } from './migrations/0018-forgetting.ts'
import { purgeMarks } from './migrations/0019-purge-marks.ts'
import { moneyBack } from './migrations/0020-money-back.ts'
import { oldestBuild } from './migrations/0021-oldest-build.ts'
import { olderReturns } from './migrations/0022-older-returns.ts'
import { ledgerFence } from './migrations/0023-ledger-fence.ts'
import { boundedTraces } from './migrations/0024-bounded-traces.ts'
import type { Tables } from './tables.ts'

/**
 * One SQL statement per entry: PGlite's extended protocol takes a single statement at a time. Older builds go on serving while these
 * run, and are started again afterwards: what that asks of a migration stands in docs/guide/operation.md and is checked.
 */
export const migrations: Record<string, readonly string[]> = {
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
  '0016-repairs': repairs,
  '0017-older-builds': olderBuilds,
  '0018-forgetting': forgetting,
  '0019-purge-marks': purgeMarks,
  '0020-money-back': moneyBack,
  '0021-oldest-build': oldestBuild,
  '0022-older-returns': olderReturns,
  '0023-ledger-fence': ledgerFence,
  '0024-bounded-traces': boundedTraces,
}

/**
 * Longest wait for a table, in milliseconds: whoever wants a table behind a waiting change of the schema waits as well, and no clerk
 * should wait longer.
 */
const lockTimeoutMs = 2_000
/** How often a migration that found its tables busy, or met another's locks crosswise, is tried again. */
const mostTries = 30
const busyCodes = new Set(['55P03', '40P01'])

function asMigration(statements: readonly string[]): Migration {
  return {
    async up(db) {
      await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(db)
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}

/** Names of migrations this database has seen; none when it has seen no service yet. */
async function executedBefore(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(
    db,
  )
  if (!rows[0]?.there) return []
  const seen = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return seen.rows.map(({ name }) => name)
}

/** The oldest build that may still work on this schema, named by its last migration; undefined while every one may. */
async function oldestToWork(db: Kysely<Tables>): Promise<string | undefined> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('schema_floor') is not null as there`.execute(db)
  if (!rows[0]?.there) return undefined
  return (await db.selectFrom('schema_floor').select('oldest').executeTakeFirst())?.oldest
}

/**
 * Brings the schema up to date, each migration in a transaction of its own; several processes may start at once (the migrator holds a
 * lock on PostgreSQL). A schema that newer builds have widened is fine: they only add. Throws when they have taken away what this
 * build needs, and when a migration fails.
 */
export async function migrateToLatest(
  db: Kysely<Tables>,
  known: Readonly<Record<string, readonly string[]>> = migrations,
): Promise<void> {
  const newest = Object.keys(known).sort().at(-1)!
  const oldest = await oldestToWork(db)
  if (oldest !== undefined && newest < oldest)
    throw new Error(
      `the database was changed for newer services: this one knows it up to ${newest}, it has to be ${oldest} or later`,
    )
  const ahead = (await executedBefore(db)).filter((name) => name > newest)
  const all = Object.fromEntries([
    ...Object.entries(known).map(([name, statements]) => [name, asMigration(statements)] as const),
    // What a newer build did is no concern of this one, but the migrator wants to know every name.
    ...ahead.map((name) => [name, asMigration([])] as const),
  ])
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } })
  for (let tries = 1; ; ) {
    const { error, results } = await migrator.migrateUp()
    if (!error && (results ?? []).length === 0) return
    if (!error) continue
    const busy = busyCodes.has((error as { code?: string }).code ?? '')
    if (!busy || tries++ >= mostTries) throw error
    await wait(100 + Math.random() * 400)
  }
}
