import { sql } from 'kysely'
import type { Database } from '../database/handle.ts'

/** What is counted: failures of a staff member to sign in, or failures to prove who holds a number. */
export interface LockoutRule {
  /** The failure with this number locks. */
  lockAt: number
  lockMs: number
}

/** The instant until which a subject is locked; undefined when it is not. */
export async function lockedUntil(db: Database, subject: string, now: number): Promise<number | undefined> {
  const row = await db.selectFrom('lockout').select('locked_until').where('subject', '=', subject).executeTakeFirst()
  return row?.locked_until && row.locked_until > now ? row.locked_until : undefined
}

/**
 * Counts one failure; returns how many more wrong answers lead to the lock, and its end when this one locked. `refused`: it was locked
 * already, and nothing was counted. Counting starts anew after a lock has ended.
 */
export async function countFailure(
  db: Database,
  subject: string,
  rule: LockoutRule,
  now: number,
): Promise<{ left: number; lockedUntil?: number; refused?: boolean }> {
  const until = now + rule.lockMs
  const first = rule.lockAt <= 1 ? until : null
  const row = await db
    .insertInto('lockout')
    .values({ subject, failures: 1, locked_until: first, counted_at: now })
    .onConflict((conflict) =>
      conflict
        .column('subject')
        .doUpdateSet((eb) => {
          const counted = sql<number>`case when ${eb.ref('lockout.locked_until')} <= ${now}::bigint then 1 else ${eb.ref('lockout.failures')} + 1 end`
          return {
            failures: counted,
            counted_at: now,
            locked_until: sql<number | null>`case when ${counted} >= ${rule.lockAt}::int then ${until}::bigint
            when ${eb.ref('lockout.locked_until')} <= ${now}::bigint then null
            else ${eb.ref('lockout.locked_until')} end`,
          }
        })
        .where((eb) => eb.or([eb('lockout.locked_until', 'is', null), eb('lockout.locked_until', '<=', now)])),
    )
    .returning(['failures', 'locked_until'])
    .executeTakeFirst()
  if (!row) {
    const lock = await lockedUntil(db, subject, now)
    return { left: 0, refused: true, ...(lock ? { lockedUntil: lock } : {}) }
  }
  const left = Math.max(0, rule.lockAt - row.failures)
  return row.locked_until === null ? { left } : { left, lockedUntil: row.locked_until }
}

/** Failures counted so far; none once a lock has ended. */
export async function failuresOf(db: Database, subject: string, now: number): Promise<number> {
  const row = await db.selectFrom('lockout').selectAll().where('subject', '=', subject).executeTakeFirst()
  return row && !(row.locked_until !== null && row.locked_until <= now) ? row.failures : 0
}

/** Takes one counted failure back, and with it the lock it has brought about. */
export async function giveBackFailure(db: Database, subject: string, lockAt: number): Promise<void> {
  await db
    .updateTable('lockout')
    .set((eb) => ({
      failures: eb('failures', '-', 1),
      locked_until: eb.case().when('failures', '<=', lockAt).then(null).else(eb.ref('locked_until')).end(),
    }))
    .where('subject', '=', subject)
    .where('failures', '>', 0)
    .execute()
}

/**
 * Forgets what was counted before `before` (UTC milliseconds), locked or not, at most `most` of it; returns how many. Failures that an older
 * build has counted bear no date: they are as old as the look that finds them.
 */
export async function forgetFailures(db: Database, before: number, now: number, most: number): Promise<number> {
  await db
    .updateTable('lockout')
    .set({ counted_at: now })
    .where('counted_at', 'is', null)
    .where('locked_until', 'is', null)
    .execute()
  const { numAffectedRows } = await sql`delete from lockout where subject in (select subject from lockout
    where locked_until < ${before} or (locked_until is null and counted_at < ${before}) limit ${most})`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Forgets earlier failures after a success. `unlessLockedAt`: a lock that stands at this instant (UTC milliseconds) stays. */
export async function clearFailures(db: Database, subject: string, unlessLockedAt?: number): Promise<void> {
  await db
    .deleteFrom('lockout')
    .where('subject', '=', subject)
    .$if(unlessLockedAt !== undefined, (query) =>
      query.where((eb) => eb.or([eb('locked_until', 'is', null), eb('locked_until', '<=', unlessLockedAt!)])),
    )
    .execute()
}
