import type { KeyObject } from 'node:crypto'
import { freshNonce, nonceLength, seal, tagLength, unseal } from './sealing.ts'

/** Seals a file's header: everything before `at` is authenticated, the seal itself is written at `at`. */
export function sealHeader(bytes: Buffer, at: number, key: KeyObject): void {
  const { nonce, tag } = seal(key, freshNonce(), bytes.subarray(0, at), Buffer.alloc(0))
  nonce.copy(bytes, at)
  tag.copy(bytes, at + nonceLength)
}

/** True when everything before `at` is what was sealed there with this key. */
export function isSealedHeader(bytes: Buffer, at: number, key: KeyObject): boolean {
  const nonce = bytes.subarray(at, at + nonceLength)
  const tag = bytes.subarray(at + nonceLength, at + nonceLength + tagLength)
  return unseal(key, { nonce, tag, ciphertext: Buffer.alloc(0) }, bytes.subarray(0, at)) !== undefined
}
