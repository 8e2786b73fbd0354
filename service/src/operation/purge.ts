import { sql } from 'kysely'
import { appendAudit } from '../audit/append-audit.ts'
import type { ServiceContext } from '../service-context.ts'
import { forgetOrders } from './forget-orders.ts'
import { purgeAbandoned } from './purge-abandoned.ts'

/** How long what is kept, in days. */
export interface Retention {
  /**
   * Papers, documents and accounts of an order after it has ended. Telecom rules keep identity data during service and two years
   * after it ends (domain facts, chapter 2).
   */
  identityDays: number
  /**
   * Evidence of a number its holder never opened, with the papers it names: police and courts ask for it long after the line has ended.
   * No rule was found; assumed.
   */
  evidenceDays: number
  /** Proofs, pre-checks and papers of cases that never became an order. */
  abandonedDays: number
  /** Requests for a second person that were decided, and tickets that were closed. */
  decidedDays: number
  /** Sessions, one-time codes and locks after they have lost their force. */
  accessDays: number
  /** The log of calls to outside systems; it names no person. */
  callLogDays: number
}

const dayMs = 86_400_000
/** Rows one statement takes, so that no purge holds the database for long; what is left waits for the next round. */
const batch = 500

/** Takes at most a batch of rows of a table that fit a condition; returns how many. */
async function take(context: ServiceContext, table: string, id: string, due: ReturnType<typeof sql>): Promise<number> {
  const result = await sql`delete from ${sql.table(table)} where ${sql.ref(id)} in
    (select t.${sql.ref(id)} from ${sql.table(table)} t where ${due} limit ${batch})`.execute(context.db)
  return Number(result.numAffectedRows ?? 0)
}

/** Evidence whose time has come, and the papers that stayed for its sake alone. */
function forgetEvidence(context: ServiceContext, before: number): Promise<number> {
  return context.db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('evidence')
      .select(['order_id', 'case_id'])
      .where('kept_at', '<', before)
      .limit(50)
      .execute()
    if (due.length === 0) return 0
    const orders = due.map((one) => one.order_id)
    await tx.deleteFrom('evidence').where('order_id', 'in', orders).execute()
    const forgotten = tx
      .selectFrom('product_order')
      .select('case_id')
      .where('order_id', 'in', orders)
      .where('forgotten_at', 'is not', null)
    await tx.deleteFrom('attachment').where('case_id', 'in', forgotten).execute()
    return due.length
  })
}

/**
 * Forgets what its time has come for, a batch of each kind per call; returns how many rows of each went, which is also an entry in the
 * service's own audit chain. Money, states, events and the audit chains stay: they carry no document and no name. A process that dies
 * on the way loses nothing but the batch it was at, which the next one takes.
 */
export async function purge(context: ServiceContext, retention: Retention): Promise<Record<string, number>> {
  const now = context.clock.now()
  const before = (days: number) => now - days * dayMs
  const gone: Record<string, number> = {}
  gone.evidence = await forgetEvidence(context, before(retention.evidenceDays))
  gone.product_order = await forgetOrders(context, before(retention.identityDays))
  Object.assign(gone, await purgeAbandoned(context, before(retention.abandonedDays)))
  const decided = before(retention.decidedDays)
  gone.approval_request = await take(
    context,
    'approval_request',
    'request_id',
    sql`t.state <> 'open' and t.requested_at < ${decided}`,
  )
  gone.trouble_ticket = await take(
    context,
    'trouble_ticket',
    'ticket_id',
    sql`t.state = 'closed' and t.closed_at < ${decided}`,
  )
  gone.sms_inbound = await take(
    context,
    'sms_inbound',
    'gateway_id',
    sql`t.received_at < ${before(retention.identityDays)}`,
  )
  const access = before(retention.accessDays)
  gone.staff_session = await take(context, 'staff_session', 'token_hash', sql`t.expires_at < ${access}`)
  gone.one_time_code = await take(context, 'one_time_code', 'msisdn', sql`t.expires_at < ${access}`)
  gone.lockout = await take(context, 'lockout', 'subject', sql`t.locked_until < ${access}`)
  gone.outside_call = await take(
    context,
    'outside_call',
    'call_id',
    sql`t.started_at < ${before(retention.callLogDays)}`,
  )
  const details = Object.fromEntries(Object.entries(gone).filter(([, rows]) => rows > 0))
  if (Object.keys(details).length > 0)
    await context.db.transaction().execute((tx) =>
      appendAudit(tx, {
        storeId: 'service',
        at: now,
        actor: 'service',
        action: 'purge',
        subject: 'service',
        details,
      }),
    )
  return gone
}
