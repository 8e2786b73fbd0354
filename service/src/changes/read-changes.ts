import { setTimeout as wait } from 'node:timers/promises'
import { instant } from '../../../src/shared/domain/calendar.ts'
import type { ChangesAnswer, OrderView } from '../../../src/shared/protocol/changes.ts'
import type { Database, ServiceContext } from '../service-context.ts'

/** Most changes one answer carries. */
const pageSize = 200

async function readAfter(db: Database, storeId: string, after: number): Promise<ChangesAnswer['changes']> {
  const rows = await db
    .selectFrom('change_feed')
    .select(['sequence', 'at', 'body'])
    .where('store_id', '=', storeId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(pageSize)
    .execute()
  return rows.map((row) => ({
    sequence: row.sequence,
    at: instant(row.at),
    kind: 'order',
    order: JSON.parse(row.body) as OrderView,
  }))
}

/**
 * Changes of a store after a cursor, oldest first. Without any it waits, looking at the database again and again, until there
 * are some, the time is over or the asker has gone. Nothing is remembered between two calls, so any process may answer.
 */
export async function readChanges(
  context: ServiceContext,
  request: { storeId: string; after: number; waitSeconds: number; signal: AbortSignal },
): Promise<ChangesAnswer> {
  const until = performance.now() + request.waitSeconds * 1000
  let changes = await readAfter(context.db, request.storeId, request.after)
  while (changes.length === 0 && performance.now() < until && !request.signal.aborted) {
    await wait(context.timing.changesPollMs)
    changes = await readAfter(context.db, request.storeId, request.after)
  }
  return {
    changes,
    cursor: changes.at(-1)?.sequence ?? request.after,
    serviceTime: context.clock.now(),
  }
}
