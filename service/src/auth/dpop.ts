import { hash, verify } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Database } from '../database/handle.ts'
import type { ProofKey, ReadKey } from './proof-keys.ts'
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

/** An unsigned integer of DER (X.690, 8.3): no needless zeros in front, one where the first bit would make it negative. */
function derInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const value = first < 0 ? bytes.subarray(-1) : bytes.subarray(first)
  return Buffer.concat([Buffer.from(value[0]! > 0x7f ? [0x02, value.length + 1, 0] : [0x02, value.length]), value])
}

/**
 * ES256 (RFC 7518, section 3.4) over a compact JWS, on this thread: handing one signature of 50 µs to another thread and waking up
 * again costs more than checking it. The two numbers of 32 bytes go to OpenSSL as DER: asked to take them as they come, Node looks
 * for the key in a way that adds half to the whole.
 */
function isSignedBy({ key }: ProofKey, proof: string): boolean {
  const end = proof.lastIndexOf('.')
  const signature = Buffer.from(proof.slice(end + 1), 'base64url')
  if (signature.byteLength !== 64) return false
  const numbers = Buffer.concat([derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32))])
  const der = Buffer.concat([Buffer.from([0x30, numbers.length]), numbers])
  return verify('sha256', Buffer.from(proof.slice(0, end)), key, der)
}

/** What a compact JWS says, once its signature is known to be right. Throws when that is no object. */
function claimsOf(proof: string): JWTPayload {
  const said: unknown = JSON.parse(Buffer.from(proof.split('.', 2)[1]!, 'base64url').toString())
  if (typeof said !== 'object' || said === null) throw new Error('no claims')
  return said as JWTPayload
}

function ath(token: string): string {
  return hash('sha256', token, 'base64url')
}

/** The number of a verified proof, good for one use. */
export interface UnburntProof {
  /** SHA-256 of thumbprint and `jti`. */
  hash: string
  /** UTC milliseconds after which the proof would be too old anyway. */
  expiresAt: number
  thumbprint: string
}

/**
 * Verifies a DPoP proof (RFC 9449, section 4.3) but for one thing: whether it was used before, which is known when its number is
 * burnt. Returns that number with the thumbprint (RFC 7638) of the device's key.
 * Error: `auth.proofInvalid` with a `reason` and the service's time, so that a counter whose clock is wrong can say so.
 */
export async function verifyDpop(
  settings: DpopSettings & { readKey: ReadKey },
  request: ProvenRequest,
  now: number,
): Promise<Result<UnburntProof>> {
  const invalid = (reason: string) => fail('auth.proofInvalid', { params: { reason, serviceTime: now } })
  if (!request.proof) return invalid('missing')
  if (request.proof.length > 4096) return invalid('tooLong')
  let claims: JWTPayload
  let proofKey: ProofKey
  try {
    const read = await settings.readKey(request.proof)
    if (typeof read === 'string') return invalid(read)
    proofKey = read
    if (!isSignedBy(proofKey, request.proof)) return invalid('signature')
    claims = claimsOf(request.proof)
  } catch {
    return invalid('signature')
  }
  if (claims.htm !== request.method) return invalid('htm')
  if (!settings.origins.some((origin) => claims.htu === origin + request.path)) return invalid('htu')
  const issuedMs = typeof claims.iat === 'number' ? claims.iat * 1000 : Number.NaN
  if (!(Math.abs(issuedMs - now) <= settings.windowMs)) return invalid('iat')
  if (request.token !== undefined && claims.ath !== ath(request.token)) return invalid('ath')
  if (typeof claims.jti !== 'string' || claims.jti.length < 8 || claims.jti.length > 128) return invalid('jti')
  const { thumbprint } = proofKey
  return ok({
    hash: sha256Hex(`${thumbprint}.${claims.jti}`),
    expiresAt: now + 2 * settings.windowMs,
    thumbprint,
  })
}

/** How far the clocks of machines that share a database may be apart without a proof being forgotten where it still would be taken. */
const clocksApartMs = 15 * 60_000

/** Forgets proofs that are too old to be accepted anyway, at whatever machine of the service. */
export async function purgeDpopProofs(db: Database, now: number): Promise<void> {
  await db
    .deleteFrom('dpop_proof')
    .where('expires_at', '<', now - clocksApartMs)
    .execute()
}
