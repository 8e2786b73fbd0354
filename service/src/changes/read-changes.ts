import { setTimeout as wait } from 'node:timers/promises'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { assertNever } from '../../../src/shared/domain/result.ts'
import { type Change, type ChangesAnswer, changeMark } from '../../../src/shared/protocol/changes.ts'
import type { Database } from '../database/handle.ts'
import { accountOf } from '../reconciliation/reconcile-device.ts'
import type { ServiceContext } from '../service-context.ts'
import type { FeedWatch } from './feed-watch.ts'

/** Most changes one answer carries. */
export const pageSize = 200

interface FeedRow {
  sequence: number
  at: number
  kind: Change['kind']
  body: string
}

/** A row of the feed as counters read it. */
function changeOf({ sequence, at, kind, body }: FeedRow): Change {
  const known = { sequence, at: instant(at) }
  switch (kind) {
    case 'order':
      return { ...known, kind, order: JSON.parse(body) }
    case 'rules':
      return { ...known, kind, rules: JSON.parse(body) }
    case 'approvalRequest':
      return { ...known, kind, request: JSON.parse(body) }
    case 'ticket':
      return { ...known, kind, ticket: JSON.parse(body) }
    default:
      return assertNever(kind)
  }
}

/** A page of a store's changes after a number. */
export async function readAfter(db: Database, storeId: string, after: number): Promise<ChangesAnswer['changes']> {
  const rows = await db
    .selectFrom('change_feed')
    .select(['sequence', 'at', 'kind', 'body'])
    .where('store_id', '=', storeId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(pageSize)
    .execute()
  return rows.map(changeOf)
}

/**
 * False for a cursor from a time this database does not remember: beyond the newest change, or at a change that is another one here.
 * Numbers given after a restored backup say something else than the same numbers did before.
 */
export async function isOurCursor(
  db: Database,
  request: { storeId: string; after: number; mark?: string | undefined },
): Promise<boolean> {
  if (request.after === 0) return true
  const row = await db
    .selectFrom('change_feed')
    .select(['at', 'subject_id'])
    .where('store_id', '=', request.storeId)
    .where('sequence', '=', request.after)
    .executeTakeFirst()
  return row !== undefined && (request.mark === undefined || request.mark === changeMark(row.at, row.subject_id))
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
    /** Looks for everybody at once; without it the asker looks alone. */
    watch?: FeedWatch
  },
): Promise<ChangesAnswer> {
  if (!(await isOurCursor(context.db, request)))
    return { changes: [], cursor: 0, restart: true, serviceTime: context.clock.now() }
  const until = performance.now() + request.waitSeconds * 1000
  let changes = await readAfter(context.db, request.storeId, request.after)
  while (changes.length === 0 && performance.now() < until && !request.signal.aborted) {
    if (request.watch)
      await request.watch.beyond(request.storeId, request.after, until - performance.now(), request.signal)
    else await wait(context.timing.changesPollMs)
    changes = await readAfter(context.db, request.storeId, request.after)
  }
  const rulesSetDigest = await context.rules.setDigest(context.db)
  return {
    changes,
    cursor: changes.at(-1)?.sequence ?? request.after,
    serviceTime: context.clock.now(),
    ...(rulesSetDigest ? { rulesSetDigest } : {}),
    ...(request.deviceId ? await accountOf(context, request.deviceId) : {}),
  }
}
