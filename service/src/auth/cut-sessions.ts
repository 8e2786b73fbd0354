import { coalesce } from '../coalesce.ts'
import { isOneOf } from '../database/insert-rows.ts'
import type { ServiceContext } from '../service-context.ts'
import { sha256Hex } from './secrets.ts'

/**
 * Whether the session of a token was ended, or its person put out. A counter that follows its store's changes is told so and signs them
 * out, although nobody asks for anything. A token that is not known at all says nothing: the service may have been restored to a time before
 * it, and the counter first brings back what was forgotten.
 */
export type IsSessionCut = (token: string | undefined) => Promise<boolean>

/** Creates the look; tokens that are asked about together are looked up together. */
export function createSessionLook({ db }: Pick<ServiceContext, 'db'>): IsSessionCut {
  const look = coalesce<string, boolean>({ mostAtOnce: 2_000, atATime: 1 }, async (hashes) => {
    const rows = await db
      .selectFrom('staff_session')
      .innerJoin('staff', 'staff.staff_id', 'staff_session.staff_id')
      .select(['token_hash', 'revoked_at', 'active'])
      .where(isOneOf('token_hash', hashes))
      .execute()
    const cut = new Set(rows.flatMap((row) => (row.revoked_at !== null || !row.active ? [row.token_hash] : [])))
    return hashes.map((hash) => cut.has(hash))
  })
  return async (token) => token !== undefined && look(sha256Hex(token))
}
