import { decodeProtectedHeader } from 'jose'
import { appendChange } from '../changes/append-change.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { RulePackTable } from '../database/tables.ts'
import { digestOfSet } from './pack-folder.ts'
import { publicRuleKeys } from './rule-keys.ts'

/** A published pack with the signature that counts now and the key that made it. */
export interface StandingPack extends RulePackTable {
  keyId: string
}

/** Every pack ever published, or those of some digests, oldest first, each with its newest signature. */
export async function signedPacks(db: Database, digests?: readonly string[]): Promise<StandingPack[]> {
  const rows = await db
    .selectFrom('rule_pack')
    .leftJoin('rule_pack_resigned', 'rule_pack_resigned.digest', 'rule_pack.digest')
    .selectAll('rule_pack')
    .select('rule_pack_resigned.jws as resigned')
    .$if(digests !== undefined, (query) => query.where('rule_pack.digest', 'in', digests!))
    .orderBy('published_at')
    .orderBy('pack_id')
    .orderBy('version')
    .execute()
  return rows.map(({ resigned, ...row }) => {
    const jws = resigned ?? row.jws
    return { ...row, jws, keyId: decodeProtectedHeader(jws).kid ?? '' }
  })
}

/** The packs that stand, or those of some digests: a pack stands while its signature is not by a revoked key. */
export async function standingPacks(db: Database, digests?: readonly string[]): Promise<StandingPack[]> {
  const revoked = await db.selectFrom('rule_key').select('key_id').where('revocation', 'is not', null).execute()
  const names = new Set(revoked.map((row) => row.key_id))
  return (await signedPacks(db, digests)).filter(({ keyId }) => !names.has(keyId))
}

/**
 * Names the set as it stands now, packs and keys, and tells every store, so that each counter asks for it. The caller holds the
 * publication.
 */
export async function tellStores(tx: Tx, last: { number: number }, now: number): Promise<void> {
  const packs = await standingPacks(tx)
  const keys = await publicRuleKeys(tx)
  const setDigest = digestOfSet([
    ...packs.map(({ digest }) => digest),
    ...keys.map(({ keyId, revocation }) => `key ${keyId}${revocation ? ' revoked' : ''}`),
  ])
  await tx
    .updateTable('rule_publication')
    .set({ number: last.number + 1, set_digest: setDigest })
    .execute()
  const stores = await tx.selectFrom('store').select('store_id').orderBy('store_id').execute()
  for (const { store_id } of stores) await appendChange(tx, store_id, { at: now, kind: 'rules', rules: { setDigest } })
}
