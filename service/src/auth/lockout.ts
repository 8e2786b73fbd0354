import { sql } from 'kysely'
import type { Database } from '../service-context.ts'

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

/** Counts one failure; returns the end of the lock when this one locked. Counting starts anew after a lock has ended. */
export async function countFailure(
  db: Database,
  subject: string,
  rule: LockoutRule,
  now: number,
): Promise<number | undefined> {
  const until = now + rule.lockMs
  const first = rule.lockAt <= 1 ? until : null
  const row = await db
    .insertInto('lockout')
    .values({ subject, failures: 1, locked_until: first })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet((eb) => {
        const counted = sql<number>`case when ${eb.ref('lockout.locked_until')} <= ${now}::bigint then 1 else ${eb.ref('lockout.failures')} + 1 end`
        return {
          failures: counted,
          locked_until: sql<number | null>`case when ${counted} >= ${rule.lockAt}::int then ${until}::bigint
            when ${eb.ref('lockout.locked_until')} <= ${now}::bigint then null
            else ${eb.ref('lockout.locked_until')} end`,
        }
      }),
    )
    .returning('locked_until')
    .executeTakeFirstOrThrow()
  return row.locked_until ?? undefined
}

/** Forgets earlier failures after a success. */
export async function clearFailures(db: Database, subject: string): Promise<void> {
  await db.deleteFrom('lockout').where('subject', '=', subject).execute()
}
