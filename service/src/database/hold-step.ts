import { sql } from 'kysely'
import type { Tx } from './handle.ts'

/** What is taken on step by step, by whichever worker has its token. */
const idOf = { product_order: 'order_id', refund_out: 'refund_id', renewal_batch: 'batch_id' } as const

/**
 * Takes a row while its token is the one the step began with, so that what is written beside it belongs to it. Whoever holds the row
 * is waited for. False when the step was overtaken: then nothing may be written.
 */
export async function holdStep(tx: Tx, table: keyof typeof idOf, id: string, token: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from ${sql.table(table)} where ${sql.ref(idOf[table])} = ${id} and step_token = ${token} for no key update
  `.execute(tx)
  return rows.length > 0
}
