import { auditGenesis, type ChainedEntry, chainedText } from '../../../src/shared/domain/audit-chain.ts'
import { sha256Hex } from '../auth/secrets.ts'
import type { Database, Tx } from '../database/handle.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { AuditEntryTable } from '../database/tables.ts'

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

/** What the first entry of a chain follows. */
export const genesis = auditGenesis

function hashOf(entry: ChainedEntry): string {
  return sha256Hex(chainedText(entry))
}

/** Where a chain ends. */
export interface ChainHead {
  chain: string
  sequence: number
  hash: string
}

/** The entries that lengthen chains by acts in their order, and where the chains end then. Every act's store must be among the heads. */
export function lengthenChains(
  heads: readonly ChainHead[],
  acts: readonly AuditAct[],
): { entries: AuditEntryTable[]; tails: ChainHead[] } {
  const ends = new Map(heads.map((head) => [head.chain, head]))
  const lengthened = new Set<string>()
  const entries = acts.map((act): AuditEntryTable => {
    const end = ends.get(act.storeId)!
    const entry = {
      chain: act.storeId,
      sequence: end.sequence + 1,
      at: act.at,
      actor: act.actor,
      device_id: act.deviceId ?? null,
      action: act.action,
      subject: act.subject,
      details: JSON.stringify(act.details ?? {}),
      previous_hash: end.hash,
    }
    const hash = hashOf(entry)
    ends.set(act.storeId, { chain: act.storeId, sequence: entry.sequence, hash })
    lengthened.add(act.storeId)
    return { ...entry, hash }
  })
  return { entries, tails: [...lengthened].map((chain) => ends.get(chain)!) }
}

/** Adds one act to its store's chain, inside the caller's transaction. */
export function appendAudit(tx: Tx, act: AuditAct): Promise<void> {
  return appendAuditActs(tx, act.storeId, [act])
}

/**
 * Adds acts in their order to the chain of a store, inside the caller's transaction, with three statements however many they are.
 * The chain's head row serialises concurrent writers: call it late.
 */
export async function appendAuditActs(
  tx: Tx,
  storeId: string,
  acts: readonly Omit<AuditAct, 'storeId'>[],
): Promise<void> {
  if (acts.length === 0) return
  const head = await tx
    .insertInto('audit_chain')
    .values({ chain: storeId, last_sequence: 0, last_hash: genesis })
    .onConflict((conflict) =>
      conflict.column('chain').doUpdateSet((eb) => ({ last_sequence: eb.ref('audit_chain.last_sequence') })),
    )
    .returning(['chain', 'last_sequence as sequence', 'last_hash as hash'])
    .executeTakeFirstOrThrow()
  const { entries, tails } = lengthenChains(
    [head],
    acts.map((act) => ({ ...act, storeId })),
  )
  await insertRows(tx, 'audit_entry', entries)
  for (const { chain, sequence, hash } of tails)
    await tx
      .updateTable('audit_chain')
      .set({ last_sequence: sequence, last_hash: hash })
      .where('chain', '=', chain)
      .execute()
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
