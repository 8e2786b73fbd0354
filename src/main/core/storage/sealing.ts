import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'

/** AES-256-GCM with a random 96-bit nonce per message: a cut tail may reuse a sequence number, never a nonce. */
const algorithm = 'aes-256-gcm'
export const nonceLength = 12
export const tagLength = 16

/** A sealed message. */
export interface Sealed {
  nonce: Buffer
  tag: Buffer
  ciphertext: Buffer
}

const pool = Buffer.alloc(nonceLength * 256)
let poolUsed = pool.length

/** A fresh random nonce; drawn in batches because asking the system costs more than sealing a small frame. */
export function freshNonce(): Buffer {
  if (poolUsed === pool.length) {
    randomFillSync(pool)
    poolUsed = 0
  }
  poolUsed += nonceLength
  return Buffer.from(pool.subarray(poolUsed - nonceLength, poolUsed))
}

/** Makes a key handle of 32 raw bytes. */
export function secretKey(bytes: Uint8Array): KeyObject {
  if (bytes.length !== 32) throw new RangeError('a store key has 32 bytes')
  return createSecretKey(bytes)
}

/** Encrypts `plain` and binds it to `associated`, which is authenticated but not stored here. */
export function seal(key: KeyObject, nonce: Buffer, associated: Uint8Array, plain: Uint8Array): Sealed {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength })
  cipher.setAAD(associated)
  const ciphertext = cipher.update(plain)
  cipher.final()
  return { nonce, tag: cipher.getAuthTag(), ciphertext }
}

/** Large enough to keep the cipher busy, small enough to stay in the processor's cache. */
const pieceLength = 256 * 1024

/**
 * Decrypts into `target`, which has the length of the content, and says whether it is authentic; if not, what `target`
 * holds must not be used. For large contents: no memory of their size is taken on the way.
 */
export function unsealInto(target: Uint8Array, key: KeyObject, sealed: Sealed, associated: Uint8Array): boolean {
  const decipher = createDecipheriv(algorithm, key, sealed.nonce, { authTagLength: tagLength })
  decipher.setAAD(associated)
  decipher.setAuthTag(sealed.tag)
  for (let at = 0; at < sealed.ciphertext.length; at += pieceLength) {
    target.set(decipher.update(sealed.ciphertext.subarray(at, at + pieceLength)), at)
  }
  try {
    decipher.final()
    return true
  } catch {
    return false
  }
}

/** Decrypts, or returns `undefined` when a single bit of key, nonce, tag, content or associated data differs. */
export function unseal(key: KeyObject, sealed: Sealed, associated: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv(algorithm, key, sealed.nonce, { authTagLength: tagLength })
  decipher.setAAD(associated)
  decipher.setAuthTag(sealed.tag)
  const plain = decipher.update(sealed.ciphertext)
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return plain
}
