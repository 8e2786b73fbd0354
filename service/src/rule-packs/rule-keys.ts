import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { type RuleKey, ruleKeyTokenType } from '../../../src/shared/protocol/rules.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { RuleKeyTable } from '../database/tables.ts'
import type { Clock, Database, Tx } from '../service-context.ts'

/** The audit chain of what concerns the rules of all stores. */
export const rulesChain = 'rules'

/** A signing key with its private part. */
export type SigningKey = Pick<RuleKeyTable, 'key_id' | 'x' | 'd'>

/** The private key as a JWK. */
export function privateJwk({ x, d }: SigningKey) {
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

async function createKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x, d } = (await exportJWK(privateKey)) as { x: string; d: string }
  return { key_id: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }), x, d }
}

/** An earlier key vouches for a later one. */
function endorse(by: SigningKey, keyId: string): Promise<string> {
  return new CompactSign(new TextEncoder().encode(keyId))
    .setProtectedHeader({ alg: 'EdDSA', typ: ruleKeyTokenType, kid: by.key_id })
    .sign(privateJwk(by))
}

/** The key that signs now: the newest. The caller holds the publication row, so that two processes never make a first key each. */
export async function signingKey(tx: Tx, now: number): Promise<SigningKey> {
  const newest = await tx
    .selectFrom('rule_key')
    .select(['key_id', 'x', 'd'])
    .orderBy('created_at', 'desc')
    .orderBy('key_id')
    .executeTakeFirst()
  if (newest) return newest
  const first = await createKey()
  await tx
    .insertInto('rule_key')
    .values({ ...first, endorsement: null, created_at: now })
    .execute()
  return first
}

/** The public keys counters verify rules with, oldest first; those no longer signing stay, for what they signed. */
export async function publicRuleKeys(db: Database): Promise<RuleKey[]> {
  const rows = await db
    .selectFrom('rule_key')
    .select(['key_id', 'x', 'endorsement'])
    .orderBy('created_at')
    .orderBy('key_id')
    .execute()
  return rows.map(({ key_id, x, endorsement }) => ({ keyId: key_id, x, ...(endorsement ? { endorsement } : {}) }))
}

/**
 * Puts a new key in the place of the one that signs, which vouches for it: counters that know the old key accept the new one.
 * Returns the new key's id. What the old key signed stays valid.
 */
export async function rotateRuleKey(db: Database, clock: Clock, by: string): Promise<string> {
  return db.transaction().execute(async (tx) => {
    await holdPublication(tx)
    const now = clock.now()
    const old = await signingKey(tx, now)
    const next = await createKey()
    const newest = await tx
      .selectFrom('rule_key')
      .select((eb) => eb.fn.max('created_at').as('at'))
      .executeTakeFirst()
    await tx
      .insertInto('rule_key')
      // Two keys of one millisecond must still have an order.
      .values({
        ...next,
        endorsement: await endorse(old, next.key_id),
        created_at: Math.max(now, (newest?.at ?? 0) + 1),
      })
      .execute()
    await appendAudit(tx, {
      storeId: rulesChain,
      at: now,
      actor: by,
      action: 'rules.keyRotated',
      subject: next.key_id,
      details: { endorsedBy: old.key_id },
    })
    return next.key_id
  })
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
