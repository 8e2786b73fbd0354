import { type RuleKey, ruleKeyRevocationType } from '../../../src/shared/protocol/rules.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { RuleKeyReserveTable } from '../database/tables.ts'
import type { Clock } from '../ports.ts'
import { createReserve, holdPublication, rulesChain, type SigningKey, signingKey, signKeyId } from './rule-keys.ts'
import { canonicalPack, contentOf, signPack } from './signed-pack.ts'
import { signedPacks, tellStores } from './standing-packs.ts'

/** The private part of a reserve key that is kept in a file, as the command that took it out wrote it. */
export interface KeptReserve {
  keyId: string
  d: string
}

/** The reserve with its private part, wherever that is kept. Throws when it is in a file that was not given, or in another. */
function wholeReserve(row: RuleKeyReserveTable, kept: KeptReserve | undefined): SigningKey {
  if (row.d !== null) return { key_id: row.key_id, x: row.x, d: row.d }
  if (!kept) throw new Error(`the reserve key ${row.key_id} is kept in a file: name it with --reserve-key FILE`)
  if (kept.keyId !== row.key_id)
    throw new Error(`the file holds the reserve key ${kept.keyId}; the one to come is ${row.key_id}`)
  return { key_id: row.key_id, x: row.x, d: kept.d }
}

/** Puts the reserve in the place of the signing key, and makes the next reserve. */
async function promoteReserve(tx: Tx, now: number, kept: KeptReserve | undefined): Promise<SigningKey> {
  const row = await tx.selectFrom('rule_key_reserve').selectAll().executeTakeFirstOrThrow()
  const next = wholeReserve(row, kept)
  const newest = await tx
    .selectFrom('rule_key')
    .select((eb) => eb.fn.max('created_at').as('at'))
    .executeTakeFirst()
  await tx.deleteFrom('rule_key_reserve').execute()
  await tx
    .insertInto('rule_key')
    .values({
      ...next,
      endorsement: row.endorsement,
      // Two keys of one millisecond must still have an order.
      created_at: Math.max(now, Number(newest?.at ?? 0) + 1),
      revocation: null,
    })
    .execute()
  await createReserve(tx, next, now)
  return next
}

/**
 * Puts the reserve key in the place of the one that signs, which vouches for it: counters know it already. Returns the new signing key's
 * id. What the old key signed stays valid. Throws when the reserve is kept in a file that was not given.
 */
export async function rotateRuleKey(db: Database, clock: Clock, by: string, kept?: KeptReserve): Promise<string> {
  return db.transaction().execute(async (tx) => {
    const last = await holdPublication(tx)
    const now = clock.now()
    const { key: old } = await signingKey(tx, now)
    const next = await promoteReserve(tx, now, kept)
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: by,
      action: 'rules.keyRotated',
      subject: next.key_id,
      details: { endorsedBy: old.key_id },
    })
    await tellStores(tx, last, now)
    return next.key_id
  })
}

/** What a revocation did. */
export interface Revocation {
  /** The key that signs from now on. */
  signingKeyId: string
  /** Packs signed again. */
  resigned: string[]
  /** Packs that came back from counters under the revoked key and stand no more, because nobody here remembers signing them. */
  withdrawn: string[]
}

/** The key that comes right after another, with its private part; the reserve takes over when the other signs now. */
async function successorOf(tx: Tx, keyId: string, now: number, kept: KeptReserve | undefined): Promise<SigningKey> {
  const keys = await tx
    .selectFrom('rule_key')
    .select(['key_id', 'x', 'd', 'revocation'])
    .orderBy('created_at')
    .orderBy('key_id')
    .execute()
  const index = keys.findIndex(({ key_id }) => key_id === keyId)
  if (index < 0)
    throw new Error(`there is no rule key ${keyId}; the keys are ${keys.map((key) => key.key_id).join(', ')}`)
  if (keys[index]!.revocation) throw new Error(`the rule key ${keyId} is revoked already`)
  return keys[index + 1] ?? (await promoteReserve(tx, now, kept))
}

/**
 * Revokes a signing key that became known to others. Its successor, which counters know already, says so; the packs it had signed are
 * signed again with the key that signs now, content and instant of publication unchanged, so that cases under them stay payable. Packs
 * that counters had brought back under that key are withdrawn unless `keepReturned` says that they are known to be genuine. Throws when
 * there is no such key, it is revoked already, or the reserve is kept in a file that was not given.
 */
export async function revokeRuleKey(
  db: Database,
  clock: Clock,
  keyId: string,
  by: string,
  { kept, keepReturned = false }: { kept?: KeptReserve | undefined; keepReturned?: boolean } = {},
): Promise<Revocation> {
  return db.transaction().execute(async (tx) => {
    const last = await holdPublication(tx)
    const now = clock.now()
    await signingKey(tx, now)
    const successor = await successorOf(tx, keyId, now, kept)
    const revocation = await signKeyId(successor, keyId, ruleKeyRevocationType)
    await tx.updateTable('rule_key').set({ revocation }).where('key_id', '=', keyId).execute()
    const { key } = await signingKey(tx, now)
    const affected = (await signedPacks(tx)).filter((pack) => pack.keyId === keyId)
    const again = affected.filter((pack) => keepReturned || pack.returned_by === null)
    for (const pack of again) {
      const jws = await signPack(canonicalPack(contentOf(pack.jws)), key, pack.published_at)
      await tx
        .insertInto('rule_pack_resigned')
        .values({ digest: pack.digest, jws, signed_at: now })
        .onConflict((conflict) => conflict.column('digest').doUpdateSet({ jws, signed_at: now }))
        .execute()
    }
    const nameOf = ({ pack_id, version }: { pack_id: string; version: string }) => `${pack_id} ${version}`
    const withdrawn = affected.filter((pack) => !again.includes(pack)).map(nameOf)
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: by,
      action: 'rules.keyRevoked',
      subject: keyId,
      details: { revokedBy: successor.key_id, resigned: again.length, withdrawn: withdrawn.join(', ') },
    })
    await tellStores(tx, last, now)
    return { signingKeyId: key.key_id, resigned: again.map(nameOf), withdrawn }
  })
}

/**
 * Takes the private part of the reserve key out of the database; `keep` must have it safely in a file before this returns. Throws when
 * it was taken out before.
 */
export async function takeOutReserve(
  db: Database,
  clock: Clock,
  by: string,
  keep: (reserve: KeptReserve & Pick<RuleKey, 'x'>) => Promise<void>,
): Promise<string> {
  return db.transaction().execute(async (tx) => {
    const last = await holdPublication(tx)
    const now = clock.now()
    const { made } = await signingKey(tx, now)
    const { key_id, x, d } = await tx.selectFrom('rule_key_reserve').selectAll().executeTakeFirstOrThrow()
    if (d === null) throw new Error(`the reserve key ${key_id} is kept in a file already`)
    await keep({ keyId: key_id, x, d })
    await tx.updateTable('rule_key_reserve').set({ d: null }).execute()
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: by,
      action: 'rules.reserveTakenOut',
      subject: key_id,
      details: {},
    })
    if (made) await tellStores(tx, last, now)
    return key_id
  })
}
