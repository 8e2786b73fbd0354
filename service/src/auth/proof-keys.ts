import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { publicKeySchema } from '../../../src/shared/protocol/device.ts'

/** A public key ready for use. */
export interface ProofKey {
  key: KeyObject
  /** RFC 7638. */
  thumbprint: string
}

/** Reads the public key a proof carries; undefined for anything but a public P-256 key. */
export type ReadKey = (jwk: JWK | undefined) => Promise<ProofKey | undefined>

/** Most keys kept ready; a few kilobytes each. Whoever is crowded out is read again. */
const mostKept = 20_000

/** A public JWK may carry names and uses; a private part (`d`) may not, and is caught by the strict schema. */
function withoutNames(jwk: object | undefined): object {
  const { alg: _alg, use: _use, kid: _kid, ext: _ext, key_ops: _keyOps, ...key } = { ...jwk } as Record<string, unknown>
  return key
}

const strictKeySchema = publicKeySchema.strict()

/**
 * Creates the reader. Reading a key costs more than checking a signature with it and a counter's key stays the same for years, so
 * the keys used last are kept ready.
 */
export function createKeyReader(): ReadKey {
  const kept = new Map<string, ProofKey>()
  return async (jwk) => {
    const parsed = strictKeySchema.safeParse(withoutNames(jwk))
    if (!parsed.success) return undefined
    const { kty, crv, x, y } = parsed.data
    const name = `${x}.${y}`
    const known = kept.get(name)
    if (known) {
      kept.delete(name)
      kept.set(name, known)
      return known
    }
    const key = {
      key: createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }),
      thumbprint: await calculateJwkThumbprint(parsed.data),
    }
    kept.set(name, key)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return key
  }
}
