import { sql } from 'kysely'
import type { Database } from '../database/handle.ts'
import type { Clock, Log } from '../ports.ts'

interface Clocks {
  db: Database
  clock: Clock
}

/** Seconds from which on operators are told. */
const worthSayingSeconds = 5

/**
 * Seconds by which this process' clock is ahead of the database's, behind it when negative: the one clock all machines of a service can
 * be held against. Deadlines, proofs and locks are reckoned by each machine's own.
 */
export async function clockAheadSeconds({ db, clock }: Clocks): Promise<number> {
  const before = clock.now()
  const { rows } = await sql<{ at: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as at`.execute(db)
  // The answer is as old as half the way there and back.
  return ((before + clock.now()) / 2 - rows[0]!.at) / 1000
}

/** Says in the log that the clock differs too much. */
export async function lookAtClock(context: Clocks & { log: Log }): Promise<void> {
  const ahead = await clockAheadSeconds(context)
  if (Math.abs(ahead) >= worthSayingSeconds)
    context.log.warn({ aheadSeconds: Math.round(ahead) }, 'the clock differs from the database’s')
}
