import { setTimeout as wait } from 'node:timers/promises'
import { anchorAudit } from '../audit/anchor.ts'
import { purgeDpopProofs } from '../auth/dpop.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import { forgetUploads } from '../papers/receive-upload.ts'
import { resealPapers } from '../papers/reseal-papers.ts'
import { layMissingToRest } from '../renewal/lay-missing.ts'
import type { ServiceContext } from '../service-context.ts'
import { purge, type Retention } from './purge.ts'
import { type StageLimits, watchOrders } from './watch-orders.ts'

export interface HousekeepingSettings {
  everySeconds: number
  anchors: { everySeconds: number; file?: string | undefined }
  stageLimitHours: StageLimits
  retention: Retention
}

/** Longer than two rounds are ever apart, and than an order's last word takes to be written. */
const lookBackMs = 2 * 3_600_000

/**
 * One round: worn-out proofs, stuck orders, an anchor of the audit, what its time has come for. Of several processes on one database one does it, the
 * others have nothing to do.
 */
export async function keepHouse(
  context: ServiceContext,
  database: Pick<OpenDatabase, 'ifAlone'>,
  settings: HousekeepingSettings,
): Promise<void> {
  await database.ifAlone(async () => {
    await purgeDpopProofs(context.db, context.clock.now())
    await forgetUploads(context.db, context.clock.now())
    await layMissingToRest(context, lookBackMs)
    const stuck = await watchOrders(context, settings.stageLimitHours)
    if (stuck > 0) context.log.warn({ stuck }, 'orders without progress')
    await anchorAudit(context, settings.anchors)
    const resealed = await resealPapers(context)
    if (resealed > 0) context.log.info({ resealed }, 'papers sealed with the current key')
    const gone = await purge(context, settings.retention)
    const rows = Object.values(gone).reduce((sum, count) => sum + count, 0)
    if (rows > 0) context.log.info({ gone }, 'forgotten in time')
  })
}

/** Keeps house again and again until stopped; a round that fails is logged and tried again. */
export function startHousekeeping(
  context: ServiceContext,
  database: Pick<OpenDatabase, 'ifAlone'>,
  settings: HousekeepingSettings,
): () => Promise<void> {
  const stopped = new AbortController()
  const rounds = (async () => {
    while (!stopped.signal.aborted) {
      await wait(settings.everySeconds * 1000, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined)
      if (stopped.signal.aborted) return
      await keepHouse(context, database, settings).catch((error: Error) =>
        context.log.warn({ error: error.name }, 'housekeeping failed'),
      )
    }
  })()
  return () => {
    stopped.abort()
    return rounds
  }
}
