import canonicalize from 'canonicalize'
import { base64url, calculateJwkThumbprint, compactVerify, decodeProtectedHeader } from 'jose'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { type RulePack, rulePackSchema } from '../../../shared/domain/rules/rule-pack.ts'
import {
  packNameSchema,
  type RuleKey,
  ruleKeyRevocationType,
  ruleKeyTokenType,
  rulePackHeaderSchema,
} from '../../../shared/protocol/rules.ts'
import type { Ports } from '../ports.ts'

/** A pack whose signature, form and content have been looked at. */
export interface VerifiedPack {
  pack: RulePack
  /** SHA-256 of its canonical JSON, as the service lists it. */
  digest: string
  publishedAt: number
  jws: string
  /** The key that signed it. */
  keyId: string
}

const jwkOf = ({ x }: RuleKey) => ({ kty: 'OKP', crv: 'Ed25519', x })

/** The key that signed one key's id for a purpose, among those known; undefined when none of them did. */
async function signerOf(
  statement: string | undefined,
  keyId: string,
  typ: string,
  known: readonly RuleKey[],
): Promise<RuleKey | undefined> {
  if (!statement) return undefined
  try {
    const header = decodeProtectedHeader(statement)
    const by = known.find((one) => one.keyId === header.kid)
    if (!by || header.typ !== typ) return undefined
    const { payload } = await compactVerify(statement, jwkOf(by), { algorithms: ['EdDSA'] })
    return new TextDecoder().decode(payload) === keyId ? by : undefined
  } catch {
    return undefined
  }
}

const endorserOf = (key: RuleKey, known: readonly RuleKey[]) =>
  signerOf(key.endorsement, key.keyId, ruleKeyTokenType, known)

/** Whether a key may be the next one: vouched for by a believed key that no other key comes after yet. */
async function mayFollow(key: RuleKey, believed: readonly RuleKey[]): Promise<boolean> {
  const by = await endorserOf(key, believed)
  if (!by) return false
  for (const other of believed) if ((await endorserOf(other, believed)) === by) return false
  return true
}

/** The revocation of a believed key, if it is by the one key that comes after it. */
async function revocationOf(keyId: string, offered: RuleKey | undefined, believed: readonly RuleKey[]) {
  const by = await signerOf(offered?.revocation, keyId, ruleKeyRevocationType, believed)
  if (!by) return undefined
  const before = await endorserOf(by, believed)
  return before?.keyId === keyId ? offered!.revocation : undefined
}

/**
 * The keys to be believed from here on: those known, and of those offered every one that a believed key vouches for as its only
 * successor. A counter that knows none takes what its service offers over the channel it was enrolled on. A key whose id is not its own
 * thumbprint is none. A key is revoked by its successor alone, and stays revoked: whoever steals a key can make no other believed, as the
 * successor was told before.
 */
export async function believedKeys(known: readonly RuleKey[], offered: readonly RuleKey[]): Promise<RuleKey[]> {
  const believed = [...known]
  for (const key of offered) {
    if (believed.some((one) => one.keyId === key.keyId)) continue
    if ((await calculateJwkThumbprint(jwkOf(key))) !== key.keyId) continue
    const { revocation: _, ...plain } = key
    if (known.length === 0 || (await mayFollow(key, believed))) believed.push(plain)
  }
  for (const [at, key] of believed.entries()) {
    if (key.revocation) continue
    const revocation = await revocationOf(
      key.keyId,
      offered.find((one) => one.keyId === key.keyId),
      believed,
    )
    if (revocation) believed[at] = { ...key, revocation }
  }
  return believed
}

/**
 * Opens a signed pack. Errors: `rules.signature` (not signed by one of these keys, or not what was signed), `rules.revoked` (signed by a
 * key that was revoked), `rules.newer` (signed, but in words this version of the program does not know). Each names what can be said of
 * `pack` and `version`.
 */
export async function verifyPack(
  jws: string,
  keys: readonly RuleKey[],
  sha256: Ports['sha256'],
): Promise<Result<VerifiedPack>> {
  const wrong = () => fail('rules.signature', { params: namesIn(jws) })
  let text: string
  let publishedAt: number
  let keyId: string
  try {
    const header = rulePackHeaderSchema.parse(decodeProtectedHeader(jws))
    const key = keys.find((one) => one.keyId === header.kid)
    if (!key) return wrong()
    if (key.revocation) return fail('rules.revoked', { params: namesIn(jws) })
    keyId = key.keyId
    const { payload } = await compactVerify(jws, jwkOf(key), { algorithms: ['EdDSA'] })
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    publishedAt = header.publishedAt
    if (canonicalize(JSON.parse(text)) !== text) return wrong()
  } catch {
    return wrong()
  }
  const parsed = rulePackSchema.safeParse(JSON.parse(text))
  if (!parsed.success) return fail('rules.newer', { params: namesIn(jws) })
  return ok({ pack: parsed.data, digest: sha256(text), publishedAt, jws, keyId })
}

/** What an unverified pack calls itself: for the report only. */
function namesIn(jws: string): { pack: string; version: string } {
  try {
    const named = packNameSchema.parse(JSON.parse(new TextDecoder().decode(base64url.decode(jws.split('.')[1] ?? ''))))
    return { pack: named.id, version: named.version }
  } catch {
    return { pack: '?', version: '?' }
  }
}
