import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Database, Tx } from '../database/handle.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { ApprovalTable, BlockerOverrideTable, IdentityProofTable, PreCheckTable } from '../database/tables.ts'

/** What the service gave a counter online and would not believe from anybody else. Ordered as one refers to the other. */
const sealedTables = ['identity_proof', 'pre_check', 'approval', 'blocker_override'] as const
type SealedTable = (typeof sealedTables)[number]
interface SealedRows {
  identity_proof: IdentityProofTable
  pre_check: PreCheckTable
  approval: ApprovalTable
  blocker_override: BlockerOverrideTable
}

const contentSchema = z.tuple([z.enum(sealedTables), z.record(z.string(), z.union([z.string(), z.number(), z.null()]))])

async function sealKey(db: Database): Promise<string | undefined> {
  const row = await db.selectFrom('service_identity').select('seal_key').executeTakeFirst()
  return row?.seal_key ?? undefined
}

function mac(key: string, content: string): Buffer {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(content).digest()
}

/**
 * Seals a row for the counter to keep: should a restored backup not have it, the counter brings it back and the service knows its
 * own hand (HMAC-SHA-256 with a key that lies in every backup). Empty when this service has no key.
 */
export async function seal<T extends SealedTable>(
  db: Database,
  table: T,
  row: SealedRows[T],
): Promise<{ seal?: string }> {
  const key = await sealKey(db)
  if (!key) return {}
  const content = Buffer.from(JSON.stringify([table, row])).toString('base64url')
  return { seal: `${content}.${mac(key, content).toString('base64url')}` }
}

/** Puts back what earlier seals hold and the database has not; anything this service did not seal for this device is left out. */
export async function restoreSealed(tx: Tx, deviceId: string, seals: readonly string[]): Promise<number> {
  const key = seals.length > 0 ? await sealKey(tx) : undefined
  if (!key) return 0
  const opened = seals.flatMap((one) => {
    const [content = '', given = ''] = one.split('.')
    const expected = mac(key, content)
    const told = Buffer.from(given, 'base64url')
    if (told.length !== expected.length || !timingSafeEqual(told, expected)) return []
    const [table, row] = contentSchema.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
    return row.device_id === deviceId ? [{ table, row }] : []
  })
  let restored = 0
  for (const table of sealedTables)
    restored += await insertRows(
      tx,
      table,
      opened.filter((one) => one.table === table).map(({ row }) => row as Partial<SealedRows[typeof table]>) as never,
    )
  return restored
}
