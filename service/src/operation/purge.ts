import { sql } from 'kysely'
import { finalStages } from '../orders/stages.ts'
import type { ServiceContext } from '../service-context.ts'

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
  /** Sessions, one-time codes and locks after they have lost their force. */
  accessDays: number
  /** The log of calls to outside systems; it names no person. */
  callLogDays: number
}

const dayMs = 86_400_000
/** Rows one statement takes, so that no purge holds the database for long; what is left waits for the next round. */
const batch = 500

/** What stays of an order's submission when its people are forgotten: that it was, and what it came to. */
const keptOfSubmission = [
  'orderId',
  'caseId',
  'caseNumber',
  'carrier',
  'homeProvince',
  'settlement',
  'disconnectReason',
  'acceptedAt',
]

/**
 * Forgets what its time has come for, a batch of each kind per call; returns how many rows of each went. Money, states, events and
 * the audit chain stay: they carry no document and no name.
 */
export async function purge(context: ServiceContext, retention: Retention): Promise<Record<string, number>> {
  const { db } = context
  const now = context.clock.now()
  const before = (days: number) => now - days * dayMs
  const count = async (query: { execute(): Promise<{ numDeletedRows?: bigint; numUpdatedRows?: bigint }[]> }) => {
    const [result] = await query.execute()
    return Number(result?.numDeletedRows ?? result?.numUpdatedRows ?? 0)
  }
  const ended = db
    .selectFrom('product_order')
    .select('case_id')
    .where('stage', 'in', finalStages)
    .where('updated_at', '<', before(retention.identityDays))
  const gone: Record<string, number> = {}
  gone.evidence = await count(db.deleteFrom('evidence').where('kept_at', '<', before(retention.evidenceDays)))
  // A proof goes after the pre-checks made with it.
  for (const [table, id, time, also] of [
    [
      'attachment',
      'attachment_id',
      'stored_at',
      sql`and not exists (select 1 from evidence e where e.case_id = t.case_id)`,
    ],
    ['pre_check', 'pre_check_id', 'checked_at', sql``],
    [
      'identity_proof',
      'proof_id',
      'proved_at',
      sql`and not exists (select 1 from pre_check p where p.proof_id = t.proof_id)`,
    ],
  ] as const) {
    const due = sql`select t.${sql.ref(id)} from ${sql.table(table)} t
      where (t.case_id in (${ended}) or (t.${sql.ref(time)} < ${before(retention.abandonedDays)}
        and not exists (select 1 from product_order o where o.case_id = t.case_id))) ${also} limit ${batch}`
    const result = await sql`delete from ${sql.table(table)} where ${sql.ref(id)} in (${due})`.execute(db)
    gone[table] = Number(result.numAffectedRows ?? 0)
  }
  const forgotten = await db
    .selectFrom('product_order')
    .select(['order_id', 'submission'])
    .where('case_id', 'in', ended)
    .where('submission', 'like', '%"relatedParty"%')
    .limit(batch)
    .execute()
  for (const order of forgotten) {
    const whole = JSON.parse(order.submission) as Record<string, unknown>
    const kept = Object.fromEntries(keptOfSubmission.filter((name) => name in whole).map((name) => [name, whole[name]]))
    await db
      .updateTable('product_order')
      .set({ submission: JSON.stringify(kept), corrections: null })
      .where('order_id', '=', order.order_id)
      .execute()
  }
  gone.submission = forgotten.length
  gone.sms_message = await count(
    db
      .updateTable('sms_message')
      .set({ text: '', recipient: '' })
      .where('order_id', 'in', db.selectFrom('product_order').select('order_id').where('case_id', 'in', ended))
      .where('text', '!=', ''),
  )
  gone.sms_inbound = await count(db.deleteFrom('sms_inbound').where('received_at', '<', before(retention.identityDays)))
  gone.staff_session = await count(
    db.deleteFrom('staff_session').where('expires_at', '<', before(retention.accessDays)),
  )
  gone.one_time_code = await count(
    db.deleteFrom('one_time_code').where('expires_at', '<', before(retention.accessDays)),
  )
  gone.outside_call = await count(db.deleteFrom('outside_call').where('started_at', '<', before(retention.callLogDays)))
  return gone
}
