import { hash, verify } from '@node-rs/argon2'

// argon2id with the library's defaults: 19 MiB, two passes (OWASP's first recommendation).
let unknownStaffHash: Promise<string> | undefined

/** Hash of a staff password, argon2id. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}

/** Whether a password is right. Without a stored hash the same work is done, so that timing tells nobody who exists. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (stored) return verify(stored, password)
  unknownStaffHash ??= hash('nobody has this password')
  await verify(await unknownStaffHash, password)
  return false
}
