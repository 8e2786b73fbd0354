import { sql } from 'kysely'
import { auditGenesis } from '../../../src/shared/domain/audit-chain.ts'
import type { AuditPage, AuditQuery } from '../../../src/shared/protocol/audit.ts'
import type { Database } from '../database/handle.ts'

/** The case behind a number a clerk reads out; undefined when the store has none that got as far as the service. */
async function caseOfNumber(db: Database, storeId: string, caseNumber: string): Promise<string | undefined> {
  const { rows } = await sql<{ case_id: string }>`
    select case_id from product_order where store_id = ${storeId} and case_number = ${caseNumber}
    union select case_id from approval_request where store_id = ${storeId} and case_number = ${caseNumber}
    limit 1`.execute(db)
  return rows[0]?.case_id
}

/** A page of one store's chain, as it was written; the reader computes the hashes again. Instants are UTC milliseconds. */
export async function readAudit(db: Database, storeId: string, query: AuditQuery): Promise<AuditPage> {
  let rows = db
    .selectFrom('audit_entry')
    .leftJoin('staff', 'staff.staff_id', 'audit_entry.actor')
    .selectAll('audit_entry')
    .select('staff.name as actor_name')
    .where('chain', '=', storeId)
    .limit(query.limit)
  if (query.after === undefined) rows = rows.orderBy('sequence', 'desc')
  else rows = rows.where('sequence', '>', query.after).orderBy('sequence')
  if (query.before !== undefined) rows = rows.where('sequence', '<', query.before)
  if (query.actor) rows = rows.where('actor', '=', query.actor)
  if (query.action) rows = rows.where('action', 'like', `${query.action}%`)
  const caseId = query.caseId ?? (query.caseNumber ? await caseOfNumber(db, storeId, query.caseNumber) : undefined)
  if (query.caseNumber && !caseId) rows = rows.where(sql<boolean>`false`)
  if (caseId)
    rows = rows.where(
      sql<boolean>`(details like ${`%"caseId":"${caseId}"%`} or subject = ${caseId}
        or subject in (select order_id::text from product_order where case_id = ${caseId}))`,
    )
  const entries = await rows.execute()
  const head = await db.selectFrom('audit_chain').selectAll().where('chain', '=', storeId).executeTakeFirst()
  return {
    entries: entries.map(({ actor_name, ...entry }) => ({
      ...entry,
      ...(actor_name ? { actorName: actor_name } : {}),
    })),
    head: { sequence: head?.last_sequence ?? 0, hash: head?.last_hash ?? auditGenesis },
  }
}
