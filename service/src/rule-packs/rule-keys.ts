import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { type RuleKey, ruleKeyTokenType } from '../../../src/shared/protocol/rules.ts'
import type { Database, Tx } from '../database/handle.ts'
import type { RuleKeyTable } from '../database/tables.ts'

/** The audit chain of what concerns the rules of all stores. */
export const rulesChain = 'rules'

/** A signing key with its private part. */
export type SigningKey = Pick<RuleKeyTable, 'key_id' | 'x' | 'd'>

/** The private key as a JWK. */
export function privateJwk({ x, d }: Pick<SigningKey, 'x' | 'd'>) {
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

/** A new Ed25519 key, named by its thumbprint. */
async function createRuleKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x, d } = (await exportJWK(privateKey)) as { x: string; d: string }
  return { key_id: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }), x, d }
}

/** A key's signature over the id of another: it vouches for its successor, or revokes the key before it, as `typ` says. */
export function signKeyId(by: SigningKey, keyId: string, typ: string): Promise<string> {
  return new CompactSign(new TextEncoder().encode(keyId))
    .setProtectedHeader({ alg: 'EdDSA', typ, kid: by.key_id })
    .sign(privateJwk(by))
}

/**
 * Makes the key that will come after the signing one. Counters learn it now, so that later nobody who holds the signing key alone can
 * make them believe another.
 */
export async function createReserve(tx: Tx, signing: SigningKey, now: number): Promise<void> {
  const reserve = await createRuleKey()
  const endorsement = await signKeyId(signing, reserve.key_id, ruleKeyTokenType)
  await tx
    .insertInto('rule_key_reserve')
    .values({ ...reserve, endorsement, created_at: now })
    .execute()
}

/**
 * The key that signs now: the newest. `made` says that it or its reserve was made just now, so that counters have to be told. The caller
 * holds the publication row, so that two processes never make a first key each.
 */
export async function signingKey(tx: Tx, now: number): Promise<{ key: SigningKey; made: boolean }> {
  const newest = await tx
    .selectFrom('rule_key')
    .select(['key_id', 'x', 'd'])
    .orderBy('created_at', 'desc')
    .orderBy('key_id')
    .executeTakeFirst()
  const key = newest ?? (await createRuleKey())
  if (!newest)
    await tx
      .insertInto('rule_key')
      .values({ ...key, endorsement: null, created_at: now, revocation: null })
      .execute()
  if (await tx.selectFrom('rule_key_reserve').select('key_id').executeTakeFirst()) return { key, made: false }
  await createReserve(tx, key, now)
  return { key, made: true }
}

/**
 * The public keys counters verify rules with, oldest first, the reserve last. Those no longer signing stay, for what they signed; a
 * revoked one stays with its revocation.
 */
export async function publicRuleKeys(db: Database): Promise<RuleKey[]> {
  const rows = await db
    .selectFrom('rule_key')
    .select(['key_id', 'x', 'endorsement', 'revocation'])
    .orderBy('created_at')
    .orderBy('key_id')
    .execute()
  const reserve = await db.selectFrom('rule_key_reserve').select(['key_id', 'x', 'endorsement']).execute()
  return [...rows, ...reserve.map((row) => ({ ...row, revocation: null }))].map(
    ({ key_id, x, endorsement, revocation }) => ({
      keyId: key_id,
      x,
      ...(endorsement ? { endorsement } : {}),
      ...(revocation ? { revocation } : {}),
    }),
  )
}

/** Holds the one publication row until the transaction ends; returns the number and the digest of the set as it is. */
export async function holdPublication(tx: Tx): Promise<{ number: number; set_digest: string }> {
  return tx
    .insertInto('rule_publication')
    .values({ only_row: true, number: 0, set_digest: '' })
    .onConflict((conflict) =>
      // An update that changes nothing still takes the row.
      conflict.column('only_row').doUpdateSet((eb) => ({ number: eb.ref('rule_publication.number') })),
    )
    .returning(['number', 'set_digest'])
    .executeTakeFirstOrThrow()
}
