import { randomBytes } from 'node:crypto'
import type { Database } from '../database/handle.ts'

/** The identity of this service's data, made once: a counter that meets another identity must not mix the two. */
export async function serviceIdentity(db: Database, newId: () => string): Promise<string> {
  await db
    .insertInto('service_identity')
    .values({ only_row: true, service_id: newId(), seal_key: null, paper_key: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // A key made once lies in every later backup; see reconciliation/seals.ts.
  await db
    .updateTable('service_identity')
    .set({ seal_key: randomBytes(32).toString('hex') })
    .where('seal_key', 'is', null)
    .execute()
  const row = await db.selectFrom('service_identity').select('service_id').executeTakeFirstOrThrow()
  return row.service_id
}
