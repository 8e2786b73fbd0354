import { hash, randomBytes, randomInt } from 'node:crypto'

/** SHA-256 as lower-case hex; how every secret of high entropy is kept. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex')
}

/** An opaque token of 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Six random decimal digits. */
export function newSixDigits(): string {
  return String(randomInt(0, 1_000_000)).padStart(6, '0')
}

/** Enrolment codes may be typed with or without dashes and in small letters. */
export function enrolmentCodeHash(code: string): string {
  return sha256Hex(`enrolment:${code.replaceAll(/[\s-]/g, '').toUpperCase()}`)
}
