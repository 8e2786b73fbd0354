import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { sha256Hex } from '../auth/secrets.ts'

/** Largest picture or paper after decoding. */
export const largestPictureBytes = 2 * 1024 * 1024

/** Whether content begins like what it is said to be. */
export function looksLike(content: Uint8Array, mediaType: string): boolean {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => content[index] === byte)
  switch (mediaType) {
    case 'image/png':
      return starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
    case 'image/jpeg':
      return starts(0xff, 0xd8, 0xff)
    case 'text/html': {
      if (content.includes(0)) return false
      try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
        return /^\uFEFF?\s*<(!doctype html|html)/i.test(text)
      } catch {
        return false
      }
    }
    default:
      return false
  }
}

/**
 * Decodes a paper and checks that it is what it says: size, hash, first bytes.
 * Errors: `picture.tooLarge`, `picture.hashMismatch`, `picture.unreadable`.
 */
export function decodePicture(
  picture: { mediaType: string; sha256: string; contentBase64: string },
  field: string,
): Result<Uint8Array> {
  const content = Buffer.from(picture.contentBase64, 'base64')
  if (content.byteLength > largestPictureBytes) return fail('picture.tooLarge', { field })
  if (sha256Hex(content) !== picture.sha256) return fail('picture.hashMismatch', { field })
  if (!looksLike(content, picture.mediaType)) return fail('picture.unreadable', { field })
  return ok(content)
}
