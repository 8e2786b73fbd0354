import type { Database } from '../service-context.ts'

/** The identity of this service's data, made once: a counter that meets another identity must not mix the two. */
export async function serviceIdentity(db: Database, newId: () => string): Promise<string> {
  await db
    .insertInto('service_identity')
    .values({ only_row: true, service_id: newId() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('service_identity').select('service_id').executeTakeFirstOrThrow()
  return row.service_id
}
