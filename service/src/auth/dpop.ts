import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { publicKeySchema } from '../../../src/shared/protocol/device.ts'
import type { Database } from '../service-context.ts'
import { sha256Hex } from './secrets.ts'

/** What a request says of itself, as far as the proof covers it. */
export interface ProvenRequest {
  method: string
  /** Path without query. */
  path: string
  proof: string | undefined
  token: string | undefined
}

export interface DpopSettings {
  /** Origins by which this service is reached, without a trailing slash. */
  origins: readonly string[]
  windowMs: number
}

function ath(token: string): string {
  return Buffer.from(sha256Hex(token), 'hex').toString('base64url')
}

/**
 * Verifies a DPoP proof (RFC 9449, section 4.3) and burns its `jti`. Returns the thumbprint (RFC 7638) of the device's key.
 * Error: `auth.proofInvalid` with a `reason` and the service's time, so that a counter whose clock is wrong can say so.
 */
export async function verifyDpop(
  db: Database,
  settings: DpopSettings,
  request: ProvenRequest,
  now: number,
): Promise<Result<{ thumbprint: string }>> {
  const invalid = (reason: string) => fail('auth.proofInvalid', { params: { reason, serviceTime: now } })
  if (!request.proof) return invalid('missing')
  if (request.proof.length > 4096) return invalid('tooLong')
  let claims: JWTPayload
  let thumbprint: string
  try {
    const verified = await jwtVerify(request.proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(now),
    })
    if (!publicKeySchema.strict().safeParse(withoutNames(verified.protectedHeader.jwk)).success) return invalid('key')
    claims = verified.payload
    thumbprint = await calculateJwkThumbprint(verified.protectedHeader.jwk!)
  } catch {
    return invalid('signature')
  }
  if (claims.htm !== request.method) return invalid('htm')
  if (!settings.origins.some((origin) => claims.htu === origin + request.path)) return invalid('htu')
  const issuedMs = typeof claims.iat === 'number' ? claims.iat * 1000 : Number.NaN
  if (!(Math.abs(issuedMs - now) <= settings.windowMs)) return invalid('iat')
  if (request.token !== undefined && claims.ath !== ath(request.token)) return invalid('ath')
  if (typeof claims.jti !== 'string' || claims.jti.length < 8 || claims.jti.length > 128) return invalid('jti')
  const burnt = await db
    .insertInto('dpop_proof')
    .values({ proof_hash: sha256Hex(`${thumbprint}.${claims.jti}`), expires_at: now + 2 * settings.windowMs })
    .onConflict((conflict) => conflict.doNothing())
    .returning('proof_hash')
    .executeTakeFirst()
  return burnt ? ok({ thumbprint }) : invalid('replayed')
}

/** A public JWK may carry names and uses; a private part (`d`) may not, and is caught by the strict schema. */
function withoutNames(jwk: object | undefined): object {
  const { alg: _alg, use: _use, kid: _kid, ext: _ext, key_ops: _keyOps, ...key } = { ...jwk } as Record<string, unknown>
  return key
}

/** Forgets proofs that are too old to be accepted anyway. */
export async function purgeDpopProofs(db: Database, now: number): Promise<void> {
  await db.deleteFrom('dpop_proof').where('expires_at', '<', now).execute()
}
