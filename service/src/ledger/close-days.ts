import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { addDays, millisecondsPerDay, type ShanghaiDate, shanghaiDate } from '../../../src/shared/domain/calendar.ts'
import {
  closingHour,
  imbalances,
  statementSchema,
  statementSummarySchema,
} from '../../../src/shared/domain/ledger-statement.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { ServiceContext } from '../service-context.ts'
import { computeStatement, lastClosedDay, pairsOf } from './read-ledger.ts'

/** The audit chain of what concerns no store: days that were closed. */
export const ledgerChain = 'ledger'

/** Most days closed at one look; a service that rested for months catches up over several. */
const mostDaysAtOnce = 31

/** The last day that may be closed now: yesterday, once its late arrivals have had their time. */
function lastClosableDay(now: number): ShanghaiDate {
  return shanghaiDate(now - closingHour * 3_600_000 - millisecondsPerDay)
}

async function nextDay(tx: Tx): Promise<ShanghaiDate | undefined> {
  const closed = await lastClosedDay(tx)
  if (closed) return addDays(closed, 1)
  const first = await tx
    .selectFrom('ledger_posting')
    .select((eb) => eb.fn.min('day').as('day'))
    .executeTakeFirst()
  return (first?.day as ShanghaiDate | null) ?? undefined
}

/** Writes the statements of a day for every pair and closes it. The day is shut: nothing can be posted for it any more. */
async function closeDay(tx: Tx, day: ShanghaiDate, now: number): Promise<void> {
  const hashes: string[] = []
  for (const pair of await pairsOf(tx, day)) {
    const { statement, opening, closing } = await computeStatement(tx, pair, day, { at: now })
    const wrong = imbalances(statement.accounts)
    if (wrong.length > 0) throw new Error(`the ledger does not balance on ${day}: ${wrong.join('; ')}`)
    const body = canonicalize(statementSchema.parse(statement))!
    const sha256 = sha256Hex(body)
    hashes.push(sha256)
    await tx
      .insertInto('ledger_statement')
      .values({
        handling_province: pair.handlingProvince,
        home_province: pair.homeProvince,
        day,
        summary: JSON.stringify(statementSummarySchema.parse(statement)),
        opening: canonicalize(opening)!,
        closing: canonicalize(closing)!,
        body,
        sha256,
      })
      .execute()
  }
  const sha256 = sha256Hex(hashes.join('\n'))
  await tx.insertInto('ledger_closing').values({ day, closed_at: now, sha256 }).execute()
  await appendAudit(tx, {
    storeId: ledgerChain,
    at: now,
    actor: 'service',
    action: 'ledger.closed',
    subject: day,
    details: { statements: hashes.length, sha256 },
  })
}

/**
 * Shuts the next day that is over: waits for those who are posting just now, and whoever posts later counts for a later day. It takes a
 * moment, however much is in the day. Undefined when no day is due.
 */
function shutNextDay(db: Database, last: ShanghaiDate): Promise<ShanghaiDate | undefined> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(7401001)`.execute(tx)
    const day = await nextDay(tx)
    if (!day || day > last) return undefined
    await sql`insert into ledger_fence (day) values (${day})
      on conflict (only_row) do update set day = excluded.day where ledger_fence.day < excluded.day`.execute(tx)
    return day
  })
}

/** True when this call closed it; the lock is for those who close, and nobody who posts takes it. */
function closeShutDay(db: Database, day: ShanghaiDate, now: number): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(7401002)`.execute(tx)
    const closed = await lastClosedDay(tx)
    if (closed && closed >= day) return false
    await closeDay(tx, day, now)
    return true
  })
}

/**
 * Closes every day that is over, each by itself, oldest first; safe to call from any number of processes at once: who comes second finds
 * the day closed. A process that dies between leaves a day shut, which the next look closes. Returns how many days were closed. A day that
 * does not balance stops the closing and throws.
 */
export async function closeLedgerDays(context: Pick<ServiceContext, 'db' | 'clock'>): Promise<number> {
  const { db, clock } = context
  const last = lastClosableDay(clock.now())
  let closed = 0
  while (closed < mostDaysAtOnce) {
    const before = await lastClosedDay(db)
    if (before && before >= last) break
    const day = await shutNextDay(db, last)
    if (!day) break
    if (await closeShutDay(db, day, clock.now())) closed += 1
  }
  return closed
}
