import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { writeMeta } from '../../src/main/core/meta.ts'
import type { Transaction } from '../../src/main/core/storage/store.ts'
import type { RulePack } from '../../src/shared/domain/rules/rule-pack.ts'
import { type ListedPack, type RuleKey, rulePackTokenType } from '../../src/shared/protocol/rules.ts'
import { shippedPacks } from './shipped-rules.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The nation, the carriers and Shanxi: enough for most tests, and quickly verified. */
export const fewPacks: readonly RulePack[] = shippedPacks.filter(({ id }) => !/-\d\d$/.test(id) || id.endsWith('-14'))

export interface SignedPack {
  listed: ListedPack
  jws: string
}

/** A key of a service's hand, made for tests. */
export async function createRuleSigner() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x } = (await exportJWK(publicKey)) as { x: string }
  const key: RuleKey = { keyId: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }), x }
  return {
    key,
    privateKey,
    async sign(
      pack: Pick<RulePack, 'id' | 'version' | 'validFrom'>,
      publishedAt = 1_790_000_000_000,
    ): Promise<SignedPack> {
      const content = canonicalize(pack)!
      const jws = await new CompactSign(new TextEncoder().encode(content))
        .setProtectedHeader({ alg: 'EdDSA', typ: rulePackTokenType, kid: key.keyId, publishedAt })
        .sign(privateKey)
      const { id, version, validFrom } = pack
      return { jws, listed: { id, version, validFrom, digest: sha256(content), publishedAt } as ListedPack }
    },
  }
}
export type RuleSigner = Awaited<ReturnType<typeof createRuleSigner>>

/** The digest by which a service names a set. */
export function setDigestOf(packs: readonly SignedPack[]): string {
  return sha256(
    packs
      .map(({ listed }) => listed.digest)
      .sort()
      .join('\n'),
  )
}

/** Few packs signed by one key, as every test's service has them. */
export const signer = await createRuleSigner()
export const signedPacks: readonly SignedPack[] = await Promise.all(fewPacks.map((pack) => signer.sign(pack)))

/** Writes these packs into a counter's store as if its service had sent them. */
export function writeSignedPacks(tx: Transaction, packs: readonly SignedPack[]): void {
  tx.run('INSERT INTO rule_key (key_id, x, learned_at) VALUES (?, ?, 0) ON CONFLICT DO NOTHING', [
    signer.key.keyId,
    signer.key.x,
  ])
  writeMeta(tx, 'rulesSetDigest', setDigestOf(packs))
  for (const { listed, jws } of packs)
    tx.run(
      `INSERT INTO rule_pack (digest, pack_id, version, published_at, received_at, jws)
       VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
      [listed.digest, listed.id, listed.version, listed.publishedAt, jws],
    )
}
