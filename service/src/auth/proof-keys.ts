import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose'
import { publicKeySchema } from '../../../src/shared/protocol/device.ts'

/** A public key ready for use. */
export interface ProofKey {
  key: KeyObject
  /** RFC 7638. */
  thumbprint: string
}

/** What a proof's header comes to: the key it carries, or why it is none. */
export type ReadHeader = ProofKey | 'signature' | 'key'

/** Reads the header of a proof, `proof` being a compact JWS: an ES256 proof (RFC 9449) with a public P-256 key, and nothing else. */
export type ReadKey = (proof: string) => Promise<ReadHeader>

/** Most keys kept ready; a few kilobytes each. Whoever is crowded out is read again. */
const mostKept = 20_000
/** Longer headers are read each time: a stranger's must not fill the memory. */
const longestKept = 512

/** A public JWK may carry names and uses; a private part (`d`) may not, and is caught by the strict schema. */
function withoutNames(jwk: object | undefined): object {
  const { alg: _alg, use: _use, kid: _kid, ext: _ext, key_ops: _keyOps, ...key } = { ...jwk } as Record<string, unknown>
  return key
}

const strictKeySchema = publicKeySchema.strict()

async function readHeader(proof: string): Promise<ReadHeader> {
  const header = decodeProtectedHeader(proof)
  // An extension that must be understood (`crit`) is not: none is known here.
  if (header.typ !== 'dpop+jwt' || header.alg !== 'ES256' || header.crit !== undefined) return 'signature'
  const parsed = strictKeySchema.safeParse(withoutNames(header.jwk))
  if (!parsed.success) return 'key'
  const { kty, crv, x, y } = parsed.data
  return {
    key: createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }),
    thumbprint: await calculateJwkThumbprint(parsed.data),
  }
}

/**
 * Creates the reader. Reading a key costs more than checking a signature with it, and a counter's header is the same text in every
 * proof for years, so those read last are kept ready. Throws on what is no JWS header.
 */
export function createKeyReader(): ReadKey {
  const kept = new Map<string, ProofKey>()
  return async (proof) => {
    const name = proof.slice(0, Math.max(0, proof.indexOf('.')))
    const known = kept.get(name)
    if (known) {
      kept.delete(name)
      kept.set(name, known)
      return known
    }
    const read = await readHeader(proof)
    if (typeof read === 'string' || name.length > longestKept) return read
    kept.set(name, read)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return read
  }
}
