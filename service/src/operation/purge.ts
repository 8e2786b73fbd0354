import { sql } from 'kysely'
import { appendAudit } from '../audit/append-audit.ts'
import { forgetFailures } from '../auth/lockout.ts'
import { eachInTurn } from '../each-in-turn.ts'
import type { ServiceContext } from '../service-context.ts'
import { forgetOrders, ordersAtOnce } from './forget-orders.ts'
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
  /** Sessions, one-time codes and locks after they have lost their force; failures that led to no lock after the last of them. */
  accessDays: number
  /** The logs of calls to outside systems and of refused jobs; they name no person. */
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

/** Whether a round of `purge` met a whole batch of something, so that more may be due. */
export function isBacklog(gone: Readonly<Record<string, number>>): boolean {
  const { product_order = 0, evidence = 0, ...others } = gone
  return Math.max(product_order, evidence) >= ordersAtOnce || Object.values(others).some((rows) => rows >= batch)
}

/** Evidence whose time has come, and the papers that stayed for its sake alone. */
function forgetEvidence(context: ServiceContext, before: number): Promise<number> {
  return context.db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('evidence')
      .select(['order_id', 'case_id'])
      .where('kept_at', '<', before)
      .limit(ordersAtOnce)
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
 * on the way loses nothing but the batch it was at, which the next one takes. Throws when a kind failed, after all others had their turn.
 */
export async function purge(context: ServiceContext, retention: Retention): Promise<Record<string, number>> {
  const now = context.clock.now()
  const before = (days: number) => now - days * dayMs
  const gone: Record<string, number> = {}
  const decided = before(retention.decidedDays)
  const access = before(retention.accessDays)
  const calls = before(retention.callLogDays)
  const kinds: Record<string, () => Promise<number>> = {
    evidence: () => forgetEvidence(context, before(retention.evidenceDays)),
    product_order: () => forgetOrders(context, before(retention.identityDays)),
    approval_request: () =>
      take(context, 'approval_request', 'request_id', sql`t.state <> 'open' and t.requested_at < ${decided}`),
    trouble_ticket: () =>
      take(context, 'trouble_ticket', 'ticket_id', sql`t.state = 'closed' and t.closed_at < ${decided}`),
    sms_inbound: () =>
      take(context, 'sms_inbound', 'gateway_id', sql`t.received_at < ${before(retention.identityDays)}`),
    staff_session: () => take(context, 'staff_session', 'token_hash', sql`t.expires_at < ${access}`),
    one_time_code: () => take(context, 'one_time_code', 'msisdn', sql`t.expires_at < ${access}`),
    lockout: () => forgetFailures(context.db, access, now, batch),
    outside_call: () => take(context, 'outside_call', 'call_id', sql`t.started_at < ${calls}`),
    job_refusal: () => take(context, 'job_refusal', 'id', sql`t.refused_at < ${calls}`),
  }
  const tasks = [
    ...Object.entries(kinds).map(([kind, forget]) => async () => {
      gone[kind] = await forget()
    }),
    async () => {
      Object.assign(gone, await purgeAbandoned(context, before(retention.abandonedDays)))
    },
  ]
  let failure: unknown
  await eachInTurn(tasks, (task) => task()).catch((error: unknown) => {
    failure = error
  })
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
  if (failure !== undefined) throw failure
  return gone
}
