import canonicalize from 'canonicalize'
import { base64url, calculateJwkThumbprint, compactVerify, decodeProtectedHeader } from 'jose'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { type RulePack, rulePackSchema } from '../../../shared/domain/rules/rule-pack.ts'
import { packNameSchema, type RuleKey, ruleKeyTokenType, rulePackHeaderSchema } from '../../../shared/protocol/rules.ts'
import type { Ports } from '../ports.ts'

/** A pack whose signature, form and content have been looked at. */
export interface VerifiedPack {
  pack: RulePack
  /** SHA-256 of its canonical JSON, as the service lists it. */
  digest: string
  publishedAt: number
  jws: string
}

const jwkOf = ({ x }: RuleKey) => ({ kty: 'OKP', crv: 'Ed25519', x })

async function isEndorsed(key: RuleKey, known: readonly RuleKey[]): Promise<boolean> {
  if (!key.endorsement) return false
  try {
    const { kid, typ } = decodeProtectedHeader(key.endorsement)
    const by = known.find((one) => one.keyId === kid)
    if (!by || typ !== ruleKeyTokenType) return false
    const { payload } = await compactVerify(key.endorsement, jwkOf(by), { algorithms: ['EdDSA'] })
    return new TextDecoder().decode(payload) === key.keyId
  } catch {
    return false
  }
}

/**
 * The keys to be believed from here on: those known, and of those offered every one that a believed key vouches for. A counter that
 * knows none takes what its service offers over the channel it was enrolled on. A key whose id is not its own thumbprint is none.
 */
export async function believedKeys(known: readonly RuleKey[], offered: readonly RuleKey[]): Promise<RuleKey[]> {
  const believed = [...known]
  for (const key of offered) {
    if (believed.some((one) => one.keyId === key.keyId)) continue
    if ((await calculateJwkThumbprint(jwkOf(key))) !== key.keyId) continue
    if (known.length === 0 || (await isEndorsed(key, believed))) believed.push(key)
  }
  return believed
}

/**
 * Opens a signed pack. Errors: `rules.signature` (not signed by one of these keys, or not what was signed), `rules.newer` (signed, but
 * in words this version of the program does not know). Either names what can be said of `pack` and `version`.
 */
export async function verifyPack(
  jws: string,
  keys: readonly RuleKey[],
  sha256: Ports['sha256'],
): Promise<Result<VerifiedPack>> {
  const wrong = () => fail('rules.signature', { params: namesIn(jws) })
  let text: string
  let publishedAt: number
  try {
    const header = rulePackHeaderSchema.parse(decodeProtectedHeader(jws))
    const key = keys.find((one) => one.keyId === header.kid)
    if (!key) return wrong()
    const { payload } = await compactVerify(jws, jwkOf(key), { algorithms: ['EdDSA'] })
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    publishedAt = header.publishedAt
    if (canonicalize(JSON.parse(text)) !== text) return wrong()
  } catch {
    return wrong()
  }
  const parsed = rulePackSchema.safeParse(JSON.parse(text))
  if (!parsed.success) return fail('rules.newer', { params: namesIn(jws) })
  return ok({ pack: parsed.data, digest: sha256(text), publishedAt, jws })
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
