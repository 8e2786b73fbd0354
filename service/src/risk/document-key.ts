import { createHmac } from 'node:crypto'
import type { Database } from '../database/handle.ts'

/**
 * A document as a keyed hash: the same document gives the same text, and nobody without the key can try numbers against it. The key
 * lies in the database and in its backups, so that counts go on after a restore.
 */
export async function documentKey(
  db: Database,
  document: { identificationType: string; identificationId: string },
): Promise<string> {
  const row = await db.selectFrom('service_identity').select('seal_key').executeTakeFirst()
  return createHmac('sha256', Buffer.from(row?.seal_key ?? '', 'hex'))
    .update(`document:${document.identificationType}:${document.identificationId.toUpperCase()}`)
    .digest('hex')
}
