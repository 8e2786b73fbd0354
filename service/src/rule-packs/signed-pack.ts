import canonicalize from 'canonicalize'
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose'
import {
  packNameSchema,
  type RuleKey,
  rulePackHeaderSchema,
  rulePackTokenType,
} from '../../../src/shared/protocol/rules.ts'
import { sha256Hex } from '../auth/secrets.ts'
import { privateJwk, type SigningKey } from './rule-keys.ts'

/** A pack with its names and the digest of its canonical JSON (RFC 8785). */
export interface NamedPack {
  id: string
  version: string
  validFrom: string
  digest: string
  content: string
}

/** Puts a pack into its one canonical form. Throws when it has no id, version or first day. */
export function canonicalPack(pack: unknown): NamedPack {
  const { id, version, validFrom } = packNameSchema.parse(pack)
  const content = canonicalize(pack)!
  return { id, version, validFrom, digest: sha256Hex(content), content }
}

/** Signs a pack as published at an instant (UTC ms): a compact JWS over its canonical JSON. */
export function signPack(pack: NamedPack, key: SigningKey, publishedAt: number): Promise<string> {
  return new CompactSign(new TextEncoder().encode(pack.content))
    .setProtectedHeader({ alg: 'EdDSA', typ: rulePackTokenType, kid: key.key_id, publishedAt })
    .sign(privateJwk(key))
}

/** What a pack of the service's own database holds; it was verified when it came there. */
export function contentOf(jws: string): unknown {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** A pack that one of these keys signed, unless it is revoked; undefined for anything else, whatever is wrong with it. */
export async function openSignedPack(
  jws: string,
  keys: readonly RuleKey[],
): Promise<(NamedPack & { publishedAt: number }) | undefined> {
  try {
    const header = rulePackHeaderSchema.parse(decodeProtectedHeader(jws))
    const key = keys.find((one) => one.keyId === header.kid)
    if (!key || key.revocation) return undefined
    const { payload } = await compactVerify(jws, { kty: 'OKP', crv: 'Ed25519', x: key.x }, { algorithms: ['EdDSA'] })
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    const pack = canonicalPack(JSON.parse(text))
    return pack.content === text ? { ...pack, publishedAt: header.publishedAt } : undefined
  } catch {
    return undefined
  }
}
