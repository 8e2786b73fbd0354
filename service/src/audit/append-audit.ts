import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { sha256Hex } from '../auth/secrets.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { AuditEntryTable } from '../database/tables.ts'
import type { Database, Tx } from '../service-context.ts'

/** A privileged act. `subject` and `details` name things by id; personal data does not belong here. */
export interface AuditAct {
  /** The store whose chain it joins: a chain per store, so that busy stores do not wait for each other. */
  storeId: string
  at: number
  actor: string
  deviceId?: string | undefined
  action: string
  subject: string
  details?: Record<string, string | number>
}

const genesis = '0'.repeat(64)

function hashOf(entry: {
  chain: string
  sequence: number
  at: number
  actor: string
  device_id: string | null
  action: string
  subject: string
  details: string
  previous_hash: string
}): string {
  return sha256Hex(canonicalize(entry)!)
}

/** Adds one act to its store's chain, inside the caller's transaction. */
export function appendAudit(tx: Tx, act: AuditAct): Promise<void> {
  return appendAuditActs(tx, [act])
}

/**
 * Adds acts in their order to the chains of their stores, inside the caller's transaction, with three statements however many they
 * are. The chains' head rows serialise concurrent writers and are taken in one order by everybody: call it late.
 */
export async function appendAuditActs(tx: Tx, acts: readonly AuditAct[]): Promise<void> {
  if (acts.length === 0) return
  const byStore = new Map<string, AuditAct[]>()
  for (const act of acts) byStore.set(act.storeId, [...(byStore.get(act.storeId) ?? []), act])
  const lengths = [...byStore].map(([chain, own]) => ({ chain, acts: own.length }))
  const { rows: heads } = await sql<{ chain: string; last_sequence: number; last_hash: string }>`
    insert into audit_chain (chain, last_sequence, last_hash)
    select chain, acts, ${genesis}::text from json_to_recordset(${JSON.stringify(lengths)}::text::json) as joining(chain text, acts bigint)
    order by chain
    on conflict (chain) do update set last_sequence = audit_chain.last_sequence + excluded.last_sequence
    returning chain, last_sequence, last_hash`.execute(tx)
  const entries: AuditEntryTable[] = []
  const tails: { chain: string; hash: string }[] = []
  for (const { chain, last_sequence, last_hash } of heads) {
    const own = byStore.get(chain) ?? []
    let previous = last_hash
    for (const [index, act] of own.entries()) {
      const entry = {
        chain,
        sequence: Number(last_sequence) - own.length + 1 + index,
        at: act.at,
        actor: act.actor,
        device_id: act.deviceId ?? null,
        action: act.action,
        subject: act.subject,
        details: JSON.stringify(act.details ?? {}),
        previous_hash: previous,
      }
      previous = hashOf(entry)
      entries.push({ ...entry, hash: previous })
    }
    tails.push({ chain, hash: previous })
  }
  await insertRows(tx, 'audit_entry', entries)
  await sql`update audit_chain set last_hash = tail.hash
    from json_to_recordset(${JSON.stringify(tails)}::text::json) as tail(chain text, hash text)
    where audit_chain.chain = tail.chain`.execute(tx)
}

/** Recomputes a chain; returns the sequence of the first entry that was changed, removed or reordered. */
export async function verifyAuditChain(db: Database, chain: string): Promise<{ entries: number; brokenAt?: number }> {
  const entries = await db
    .selectFrom('audit_entry')
    .selectAll()
    .where('chain', '=', chain)
    .orderBy('sequence')
    .execute()
  let previous = genesis
  for (const [index, { hash, ...entry }] of entries.entries()) {
    if (entry.sequence !== index + 1 || entry.previous_hash !== previous || hashOf(entry) !== hash)
      return { entries: entries.length, brokenAt: index + 1 }
    previous = hash
  }
  const head = await db.selectFrom('audit_chain').selectAll().where('chain', '=', chain).executeTakeFirst()
  if (head && (head.last_sequence !== entries.length || head.last_hash !== previous))
    return { entries: entries.length, brokenAt: entries.length + 1 }
  return { entries: entries.length }
}
