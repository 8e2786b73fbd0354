import { setTimeout as wait } from 'node:timers/promises'
import { instant } from '../../../src/shared/domain/calendar.ts'
import { type Change, changeMark } from '../../../src/shared/protocol/changes.ts'
import type { SentChange, SentChanges } from '../../../src/shared/protocol/changes-answer.ts'
import type { Database } from '../database/handle.ts'
import { accountOf } from '../reconciliation/reconcile-device.ts'
import type { ServiceContext } from '../service-context.ts'
import type { FeedWatch } from './feed-watch.ts'

/** Most changes one answer carries. */
export const pageSize = 200

interface FeedRow {
  sequence: number
  at: number
  kind: string
  subject_id: string
  body: string
}

/** A change of the feed, and what it is about. */
export interface ReadChange {
  change: SentChange
  subject: string
}

/** A row of the feed as counters read it; what a newer service beside this one wrote is passed on. */
function changeOf({ sequence, at, kind: named, subject_id: subject, body }: FeedRow): SentChange {
  const kind = named as Change['kind']
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
      return { ...known, kind: kind satisfies never, subject, body: JSON.parse(body) }
  }
}

/** A page of a store's changes after a number. */
export async function readAfter(db: Database, storeId: string, after: number): Promise<ReadChange[]> {
  const rows = await db
    .selectFrom('change_feed')
    .select(['sequence', 'at', 'kind', 'subject_id', 'body'])
    .where('store_id', '=', storeId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(pageSize)
    .execute()
  return rows.map((row) => ({ change: changeOf(row), subject: row.subject_id }))
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
): Promise<SentChanges> {
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
    changes: changes.map(({ change }) => change),
    cursor: changes.at(-1)?.change.sequence ?? request.after,
    serviceTime: context.clock.now(),
    ...(rulesSetDigest ? { rulesSetDigest } : {}),
    ...(request.deviceId ? await accountOf(context, request.deviceId) : {}),
  }
}
