import canonicalize from 'canonicalize'
import { sha256Hex } from '../auth/secrets.ts'
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

/** Adds one act to its store's chain, inside the caller's transaction. The chain's head row serialises concurrent acts. */
export async function appendAudit(tx: Tx, act: AuditAct): Promise<void> {
  const head = await tx
    .insertInto('audit_chain')
    .values({ chain: act.storeId, last_sequence: 1, last_hash: genesis })
    .onConflict((conflict) =>
      conflict.column('chain').doUpdateSet((eb) => ({ last_sequence: eb('audit_chain.last_sequence', '+', 1) })),
    )
    .returning(['last_sequence', 'last_hash'])
    .executeTakeFirstOrThrow()
  const entry = {
    chain: act.storeId,
    sequence: head.last_sequence,
    at: act.at,
    actor: act.actor,
    device_id: act.deviceId ?? null,
    action: act.action,
    subject: act.subject,
    details: JSON.stringify(act.details ?? {}),
    previous_hash: head.last_hash,
  }
  const hash = hashOf(entry)
  await tx
    .insertInto('audit_entry')
    .values({ ...entry, hash })
    .execute()
  await tx.updateTable('audit_chain').set({ last_hash: hash }).where('chain', '=', act.storeId).execute()
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
