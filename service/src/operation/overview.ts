import { sql } from 'kysely'
import { z } from 'zod'
import type { Province } from '../../../src/shared/domain/geography.ts'
import { callsSince } from '../connectors/call-log.ts'
import type { Database } from '../database/handle.ts'
import { finalStages } from '../orders/stages.ts'
import type { Clock } from '../ports.ts'
import { clockAheadSeconds } from './clock-difference.ts'

/** The state of the country at a glance: counts only, nothing of any person. */
export const overviewSchema = z.object({
  at: z.int(),
  /** Orders under way, and those that ended within a day, by home province (GB/T 2260), carrier and stage. */
  orders: z.array(z.object({ province: z.string(), carrier: z.string(), stage: z.string(), count: z.int() })),
  /** Open orders by stage: how many, and the age of the oldest in seconds since it last moved. */
  waiting: z.array(z.object({ stage: z.string(), count: z.int(), oldestSeconds: z.number() })),
  /** The open orders that have waited longest, by their number; the store finds the case by it. */
  longest: z.array(
    z.object({
      caseNumber: z.string(),
      province: z.string(),
      carrier: z.string(),
      stage: z.string(),
      attempts: z.int(),
      waitedSeconds: z.number(),
      deadline: z.string(),
    }),
  ),
  queues: z.array(z.object({ queue: z.string(), waiting: z.int() })),
  /** Calls of the last quarter of an hour by system: how many, how many failed, the median time in milliseconds. */
  systems: z.array(z.object({ target: z.string(), calls: z.int(), failed: z.int(), medianMs: z.number() })),
  unsentMessages: z.int(),
  /** Numbers between two holders, by what is being done with them (`NumberResourceTable.renewal`). */
  numbers: z.array(z.object({ renewal: z.string(), count: z.int() })),
  /** Money on its way to customers through the payment provider: how much of it, and the age of the oldest in seconds. */
  refundsOut: z.object({ count: z.int(), oldestSeconds: z.number() }),
  jobGaps: z.int(),
  /** Seconds by which the clock of the process asked is ahead of the database's. */
  clockAheadSeconds: z.number(),
  /** Orders accepted per hour of the last day, oldest first. */
  acceptedPerHour: z.array(z.object({ hour: z.int(), count: z.int() })),
})
export type Overview = z.infer<typeof overviewSchema>

const quarterHourMs = 15 * 60_000
const hourMs = 3_600_000
const longestShown = 20

/**
 * Takes the picture from the database. `province` (GB/T 2260) narrows the orders that have waited longest to one home province, whose orders
 * may all have waited less than the country's longest. Throws when the database is away.
 */
export async function takeOverview(db: Database, clock: Clock, province?: Province): Promise<Overview> {
  const now = clock.now()
  const orders = await db
    .selectFrom('product_order')
    .select(['home_province as province', 'carrier', 'stage'])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    // All orders of all years would be read otherwise; the open ones and the day's have indexes.
    .where((eb) => eb.or([eb('stage', 'not in', finalStages), eb('updated_at', '>', now - 24 * hourMs)]))
    .groupBy(['home_province', 'carrier', 'stage'])
    .execute()
  const waiting = await db
    .selectFrom('product_order')
    .select(['stage'])
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('updated_at').as('oldest')])
    .where('stage', 'not in', finalStages)
    .groupBy('stage')
    .execute()
  const longest = await db
    .selectFrom('product_order')
    .select(['case_number', 'home_province', 'carrier', 'stage', 'attempts', 'updated_at', 'deadline'])
    .where('stage', 'not in', finalStages)
    .$if(province !== undefined, (query) => query.where('home_province', '=', province!))
    .orderBy('updated_at')
    .limit(longestShown)
    .execute()
  const queues = await sql<{ queue: string; waiting: number }>`
    select name as queue, count(*)::int as waiting from pgboss.job where state in ('created', 'retry') group by name`.execute(
    db,
  )
  const systems = await callsSince(db, now - quarterHourMs)
  const count = async (query: Promise<{ count: string | number | bigint } | undefined>) =>
    Number((await query)?.count ?? 0)
  const numbers = await db
    .selectFrom('number_resource')
    .select('renewal')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    // Released ones only grow; nobody waits for them.
    .where('renewal', '!=', 'released')
    .groupBy('renewal')
    .execute()
  const refundsOut = await db
    .selectFrom('refund_out')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('ordered_at').as('oldest')])
    .where('next_step_at', 'is not', null)
    .executeTakeFirstOrThrow()
  const perHour = await sql<{ hour: number; count: number }>`
    select created_at / ${sql.lit(hourMs)} as hour, count(*)::int as count
    from product_order where created_at > ${now - 24 * hourMs} group by 1 order by 1`.execute(db)
  return {
    at: now,
    clockAheadSeconds: await clockAheadSeconds({ db, clock }),
    orders: orders.map((row) => ({ ...row, count: Number(row.count) })),
    waiting: waiting.map((row) => ({
      stage: row.stage,
      count: Number(row.count),
      oldestSeconds: Math.max(0, (now - Number(row.oldest)) / 1000),
    })),
    longest: longest.map((row) => ({
      caseNumber: row.case_number,
      province: row.home_province,
      carrier: row.carrier,
      stage: row.stage,
      attempts: row.attempts,
      waitedSeconds: Math.max(0, (now - row.updated_at) / 1000),
      deadline: row.deadline,
    })),
    queues: queues.rows,
    systems,
    unsentMessages: await count(
      db
        .selectFrom('sms_message')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('sent_at', 'is', null)
        .executeTakeFirst(),
    ),
    numbers: numbers.map((row) => ({ renewal: row.renewal, count: Number(row.count) })),
    refundsOut: {
      count: Number(refundsOut.count),
      oldestSeconds: refundsOut.oldest === null ? 0 : Math.max(0, (now - Number(refundsOut.oldest)) / 1000),
    },
    jobGaps: await count(
      db
        .selectFrom('job_gap')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('filled_at', 'is', null)
        .executeTakeFirst(),
    ),
    acceptedPerHour: perHour.rows.map((row) => ({ hour: Number(row.hour) * hourMs, count: row.count })),
  }
}
