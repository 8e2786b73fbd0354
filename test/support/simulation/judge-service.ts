import type { JobRow } from '../../../src/main/core/outbox/outbox-table.ts'
import { mayMove } from '../../../src/shared/domain/order.ts'
import type { OrderView } from '../../../src/shared/protocol/changes.ts'
import { canonicalize } from './canonical.ts'
import type { HomeProvince } from './home-province.ts'
import type { ServiceDatabase } from './service-database.ts'

/** The outbox of one counter, for comparison. */
export interface CounterBooks {
  deviceId: string
  jobs: readonly JobRow[]
}

interface ServiceJob {
  id: string
  device_id: string
  sequence: number
  lane: string
  kind: string
  receipt: string
}

/** Every job a counter calls done had exactly one effect, every effect has its job, and lanes kept their order. */
export async function judgeJobs(database: ServiceDatabase, books: readonly CounterBooks[]): Promise<string[]> {
  const wrong: string[] = []
  const accepted = await database.rows<ServiceJob>(
    `select job.id, device_id, sequence, lane, kind, receipt from job join simulated_job_order using (id)
     order by transaction, sequence`,
  )
  const byId = new Map(accepted.map((job) => [job.id, job]))
  for (const { deviceId, jobs } of books) {
    const own = new Map(jobs.map((job) => [job.id, job]))
    for (const job of jobs) {
      const there = byId.get(job.id)
      if (job.state === 'done' && !there)
        wrong.push(`${deviceId}: job ${job.sequence} is done and unknown to the service`)
      if (job.state !== 'done' && there)
        wrong.push(`${deviceId}: job ${job.sequence} is at the service and ${job.state}`)
      if (job.receipt && there && canonicalize(JSON.parse(job.receipt)) !== canonicalize(JSON.parse(there.receipt)))
        wrong.push(`${deviceId}: job ${job.sequence} has another receipt than the service`)
    }
    for (const job of accepted.filter((one) => one.device_id === deviceId)) {
      const mine = own.get(job.id)
      if (!mine || mine.sequence !== job.sequence || mine.lane !== job.lane || mine.kind !== job.kind)
        wrong.push(`${deviceId}: the service has a job ${job.sequence} nobody sent`)
    }
  }
  const reached = new Map<string, number>()
  for (const job of accepted) {
    if ((reached.get(job.lane) ?? 0) > job.sequence)
      wrong.push(`${job.device_id}: job ${job.sequence} came out of order`)
    reached.set(job.lane, job.sequence)
  }
  for (const { deviceId, jobs } of books)
    for (const job of jobs)
      if (job.state !== 'done' && job.sequence < (reached.get(job.lane) ?? 0))
        wrong.push(`${deviceId}: job ${job.sequence} was overtaken in its lane`)
  return wrong
}

/** What each kind of job leaves behind at the service, counted against the jobs. */
export async function judgeEffects(database: ServiceDatabase): Promise<string[]> {
  const found = await database.rows<{ what: string; jobs: number; effects: number }>(`
    select 'attachment.store' as what, (select count(*) from job where kind = 'attachment.store')::int as jobs,
      (select count(*) from attachment)::int as effects
    union all select 'payment.take', (select count(*) from job where kind = 'payment.take')::int, (select count(*) from payment)::int
    union all select 'payment.take audit', (select count(*) from job where kind = 'payment.take')::int,
      (select count(*) from audit_entry where action = 'payment.taken')::int
    union all select 'order.submit', (select count(*) from job where kind = 'order.submit')::int, (select count(*) from product_order)::int
    union all select 'order.submit audit', (select count(*) from job where kind = 'order.submit')::int,
      (select count(*) from audit_entry where action = 'order.submitted')::int
    union all select 'order.submit event', (select count(*) from job where kind = 'order.submit')::int,
      (select count(*) from order_event where code = 'accepted')::int
    union all select 'order.urge', (select count(*) from job where kind = 'order.urge')::int,
      (select count(*) from order_request where kind = 'urge')::int
    union all select 'order.resupply', (select count(*) from job where kind = 'order.resupply')::int,
      (select count(*) from order_request where kind = 'resupply')::int
    union all select 'order.withdraw', (select count(*) from job where kind = 'order.withdraw')::int,
      (select count(*) from audit_entry where action = 'order.withdrawalRequested')::int
    union all select 'messages', (select count(*) from product_order)::int, (select count(*) from sms_message where template = 'accepted')::int`)
  return found
    .filter((row) => row.jobs !== row.effects)
    .map((row) => `${row.what}: ${row.jobs} jobs, ${row.effects} effects`)
}

/** Numbers of a device that the service misses although the counter does not hold them back. */
export async function judgeGaps(database: ServiceDatabase, books: readonly CounterBooks[]): Promise<string[]> {
  const wrong: string[] = []
  const gaps = await database.rows<{ device_id: string; sequence: number }>(
    'select device_id, sequence from job_gap where filled_at is null',
  )
  const heights = await database.rows<{ device_id: string; highest_sequence: number }>('select * from device')
  for (const { deviceId, jobs } of books) {
    const open = new Set(gaps.filter((gap) => gap.device_id === deviceId).map((gap) => gap.sequence))
    const highest = heights.find((device) => device.device_id === deviceId)?.highest_sequence ?? 0
    for (const job of jobs) {
      if (job.state === 'done' && open.has(job.sequence))
        wrong.push(`${deviceId}: the gap ${job.sequence} was never closed`)
      if (job.state === 'done' && job.sequence > highest) wrong.push(`${deviceId}: ${job.sequence} is above ${highest}`)
    }
    for (const sequence of open)
      if (!jobs.some((job) => job.sequence === sequence)) wrong.push(`${deviceId}: gap ${sequence} is no job`)
  }
  return wrong
}

/** Money: what the counters took, what the service wrote down, what the home province was given. All in fen. */
export async function judgeMoney(
  database: ServiceDatabase,
  books: readonly CounterBooks[],
  home: HomeProvince,
  /** The service forgot a part of the day: what it posted then for an order that was withdrawn on its second way, it does not know. */
  forgot = false,
): Promise<string[]> {
  const wrong: string[] = []
  const sent = books.flatMap(({ jobs }) => jobs).filter((job) => job.kind === 'payment.take' && job.state === 'done')
  const takenFen = sent.reduce((sum, job) => sum + (JSON.parse(job.payload) as { amountFen: number }).amountFen, 0)
  const payments = await database.rows<{
    payment_id: string
    amount_fen: number
    posted_at: number | null
    reversed_fen: number | null
  }>('select payment_id, amount_fen, posted_at, reversed_fen from payment')
  const writtenFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  if (takenFen !== writtenFen || sent.length !== payments.length)
    wrong.push(
      `counters reported ${takenFen} fen in ${sent.length} payments, the service has ${writtenFen} in ${payments.length}`,
    )
  for (const payment of payments) {
    const posted = home.postedLi.get(payment.payment_id)
    const expected = payment.posted_at === null ? undefined : payment.amount_fen * 10
    if (posted !== expected && !(forgot && expected === undefined))
      wrong.push(`payment of ${payment.amount_fen} fen: the home province has ${posted} li`)
  }
  if (home.postedLi.size > payments.length) wrong.push('the home province has money the service does not know of')
  for (const key of home.conflicts) wrong.push(`${key} was used at the home province for two things`)
  return wrong
}

/** The feed is without gaps, and no order ever moved where it may not. */
export async function judgeOrders(database: ServiceDatabase): Promise<string[]> {
  const wrong: string[] = []
  const feed = await database.rows<{ store_id: string; sequence: number; order_id: string; body: string }>(
    'select store_id, sequence, order_id, body from change_feed order by store_id, sequence',
  )
  const stages = new Map<string, OrderView['stage']>()
  const heights = new Map<string, number>()
  for (const change of feed) {
    const height = (heights.get(change.store_id) ?? 0) + 1
    heights.set(change.store_id, height)
    if (change.sequence !== height) wrong.push(`the feed jumps to ${change.sequence}`)
    const { stage } = JSON.parse(change.body) as OrderView
    const before = stages.get(change.order_id)
    if (before === undefined ? stage !== 'accepted' : before !== stage && !mayMove(before, stage))
      wrong.push(`an order moved from ${before} to ${stage}`)
    stages.set(change.order_id, stage)
  }
  const orders = await database.rows<{ order_id: string; stage: string }>('select order_id, stage from product_order')
  for (const order of orders)
    if (stages.get(order.order_id) !== order.stage)
      wrong.push(`the feed says ${stages.get(order.order_id)}, the order is ${order.stage}`)
  return wrong
}
