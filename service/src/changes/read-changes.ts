import { setTimeout as wait } from 'node:timers/promises'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { type ChangesAnswer, changeMark, type OrderView } from '../../../src/shared/protocol/changes.ts'
import { acceptedJobs } from '../reconciliation/reconcile-device.ts'
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
 * False for a cursor from a time this database does not remember: beyond the newest change, or at a change that is another one here.
 * Numbers given after a restored backup say something else than the same numbers did before.
 */
async function isOurCursor(
  db: Database,
  request: { storeId: string; after: number; mark?: string | undefined },
): Promise<boolean> {
  if (request.after === 0) return true
  const row = await db
    .selectFrom('change_feed')
    .select(['at', 'order_id'])
    .where('store_id', '=', request.storeId)
    .where('sequence', '=', request.after)
    .executeTakeFirst()
  return row !== undefined && (request.mark === undefined || request.mark === changeMark(row.at, row.order_id))
}

/**
 * Changes of a store after a cursor, oldest first. Without any it waits, looking at the database again and again, until there
 * are some, the time is over or the asker has gone. Nothing is remembered between two calls, so any process may answer.
 */
export async function readChanges(
  context: ServiceContext,
  request: {
    storeId: string
    /** Whose accepted jobs are counted in the answer. */
    deviceId?: string
    after: number
    /** Mark of the change at the cursor, when the asker remembers it. */
    mark?: string | undefined
    waitSeconds: number
    signal: AbortSignal
  },
): Promise<ChangesAnswer> {
  if (!(await isOurCursor(context.db, request)))
    return { changes: [], cursor: 0, restart: true, serviceTime: context.clock.now() }
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
    ...(request.deviceId ? { acceptedJobs: await acceptedJobs(context, request.deviceId) } : {}),
  }
}
