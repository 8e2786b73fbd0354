import { setTimeout as wait } from 'node:timers/promises'
import { anchorAudit } from '../audit/anchor.ts'
import { purgeDpopProofs } from '../auth/dpop.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import { eachInTurn } from '../each-in-turn.ts'
import { forgetUploads } from '../papers/receive-upload.ts'
import { resealPapers } from '../papers/reseal-papers.ts'
import { layMissingToRest } from '../renewal/lay-missing.ts'
import type { ServiceContext } from '../service-context.ts'
import { lookAtClock } from './clock-difference.ts'
import { isBacklog, purge, type Retention } from './purge.ts'
import { type StageLimits, watchOrders } from './watch-orders.ts'

export interface HousekeepingSettings {
  everySeconds: number
  anchors: { everySeconds: number; file?: string | undefined }
  stageLimitHours: StageLimits
  retention: Retention
}

/** Longer than two rounds are ever apart, and than an order's last word takes to be written. */
const lookBackMs = 2 * 3_600_000

/** What comes of age in a day of the whole country is far more than a batch a minute. */
const purgesPerRound = 30

/**
 * One round: worn-out proofs, stuck orders, an anchor of the audit, what its time has come for. Of several processes on one database one does it, the
 * others have nothing to do. What fails keeps nothing else from being done, and is thrown at the end.
 */
export async function keepHouse(
  context: ServiceContext,
  database: Pick<OpenDatabase, 'ifAlone'>,
  settings: HousekeepingSettings,
): Promise<void> {
  const tasks: (() => Promise<unknown>)[] = [
    () => purgeDpopProofs(context.db, context.clock.now()),
    () => forgetUploads(context.db, context.clock.now()),
    () => layMissingToRest(context, lookBackMs),
    async () => {
      const stuck = await watchOrders(context, settings.stageLimitHours)
      if (stuck > 0) context.log.warn({ stuck }, 'orders without progress')
    },
    () => anchorAudit(context, settings.anchors),
    async () => {
      const resealed = await resealPapers(context)
      if (resealed > 0) context.log.info({ resealed }, 'papers sealed with the current key')
    },
    async () => {
      for (let looks = 0; looks < purgesPerRound && !context.closing.aborted; looks += 1) {
        const gone = await purge(context, settings.retention)
        const rows = Object.values(gone).reduce((sum, count) => sum + count, 0)
        if (rows > 0) context.log.info({ gone }, 'forgotten in time')
        if (!isBacklog(gone)) return
      }
    },
  ]
  await database.ifAlone(() => eachInTurn(tasks, (task) => task()))
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
      // Each process has a clock of its own.
      await lookAtClock(context).catch(() => undefined)
      await keepHouse(context, database, settings).catch((error: Error) =>
        context.log.warn({ error: error.name, code: (error as { code?: string }).code }, 'housekeeping failed'),
      )
    }
  })()
  return () => {
    stopped.abort()
    return rounds
  }
}
