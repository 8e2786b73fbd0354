import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Database } from '../database/handle.ts'
import type { Log } from '../ports.ts'

const keyFileSchema = z
  .object({
    /** The key new papers are sealed with. */
    current: z.string().min(1).max(64),
    /** Every key papers may have been sealed with, 256 bits as hex, by its id. */
    keys: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  })
  .refine((file) => file.keys[file.current] !== undefined, { path: ['current'], message: 'names no key of the file' })

/** Id of the key that lies in the database, where no key file is named. */
const ownKeyId = 'database'
const nonceBytes = 12
const tagBytes = 16

/** What a paper's content is bound to. */
export const paperName = (attachmentId: string) => `attachment ${attachmentId}`

/** Content as it lies in the database: nonce, AES-256-GCM ciphertext, tag. */
export interface SealedContent {
  keyId: string
  sealed: Uint8Array
}

/** Seals what papers show, and opens it again. `about` names what the content belongs to and must be the same for both. */
export interface PaperKeys {
  /** The key new papers are sealed with. */
  current: string
  /** Every key at hand. */
  ids: readonly string[]
  seal(content: Uint8Array, about: string): SealedContent
  /** Throws when a byte was changed, when it belongs to something else, or when its key is not at hand. */
  open(content: SealedContent, about: string): Uint8Array
}

/** Random numbers used once each, asked of the system for many at a time. */
function createNonces(): () => Uint8Array {
  const together = 256
  let left = Buffer.alloc(0)
  return () => {
    if (left.length === 0) left = randomBytes(nonceBytes * together)
    const nonce = left.subarray(0, nonceBytes)
    left = left.subarray(nonceBytes)
    return nonce
  }
}

/** Builds the keys from their hexadecimal form. */
export function paperKeysOf(current: string, keys: Readonly<Record<string, string>>): PaperKeys {
  // Made once: taking in a key costs more than sealing a page with it.
  const made = new Map<string, KeyObject>()
  const keyOf = (id: string) => {
    const known = made.get(id)
    if (known) return known
    const hex = keys[id]
    if (!hex) throw new Error(`the paper key ${id} is not at hand`)
    const key = createSecretKey(Buffer.from(hex, 'hex'))
    made.set(id, key)
    return key
  }
  const freshNonce = createNonces()
  return {
    current,
    ids: Object.keys(keys),
    seal(content, about) {
      const nonce = freshNonce()
      const cipher = createCipheriv('aes-256-gcm', keyOf(current), nonce)
      cipher.setAAD(Buffer.from(`${current}\n${about}`))
      const sealed = Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
      return { keyId: current, sealed }
    },
    open({ keyId, sealed }, about) {
      const bytes = Buffer.from(sealed)
      const decipher = createDecipheriv('aes-256-gcm', keyOf(keyId), bytes.subarray(0, nonceBytes))
      decipher.setAAD(Buffer.from(`${keyId}\n${about}`))
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()])
    },
  }
}

async function ownKey(db: Database): Promise<string> {
  await db
    .updateTable('service_identity')
    .set({ paper_key: randomBytes(32).toString('hex') })
    .where('paper_key', 'is', null)
    .execute()
  const row = await db.selectFrom('service_identity').select('paper_key').executeTakeFirstOrThrow()
  return row.paper_key!
}

/**
 * The keys papers are sealed with: those of the key file, which all processes of a service share, or one that lies in the database
 * itself. That one protects no database that is stolen as a whole, so the log says so. It stays readable after a file is named.
 * Throws with a clear sentence when the file is wrong.
 */
export async function loadPaperKeys(db: Database, file: string | undefined, log: Log): Promise<PaperKeys> {
  const own = await ownKey(db)
  if (file === undefined) {
    log.warn({}, 'papers are sealed with a key in the database itself: name a key file (PAPER_KEYS)')
    return paperKeysOf(ownKeyId, { [ownKeyId]: own })
  }
  const parsed = keyFileSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`the paper keys in ${file} are wrong: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  return paperKeysOf(parsed.data.current, { [ownKeyId]: own, ...parsed.data.keys })
}
