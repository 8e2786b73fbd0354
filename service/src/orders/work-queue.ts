import { fromKysely, PgBoss } from 'pg-boss'
import type { Tx } from '../database/handle.ts'
import type { OpenDatabase } from '../database/open-database.ts'
import type { Log } from '../ports.ts'
import type { HomeLimits } from '../settings/home-limits.ts'

/** Names of the queues; their jobs carry ids only. */
const stepQueue = 'order-step'
const smsQueue = 'sms'
const followUpQueue = 'follow-up'

/**
 * What goes on beside orders and after them: money on its way to the customer, money returned on a terminal, numbers on their way to the
 * next holder. A build that does not know a kind does nothing; the sweep of one that does takes it up.
 */
export interface FollowUp {
  kind: 'refund' | 'return' | 'renewal'
  id: string
  token: number
}

/** Work that outlives the process: scheduled in the caller's transaction, so that it is there exactly when its cause is. */
export interface WorkQueue {
  /**
   * Has an order's next step taken after a delay, when its home system has room for one more; a job whose token the order has
   * left behind does nothing.
   */
  scheduleStep(
    tx: Tx,
    step: { orderId: string; token: number },
    homeSystem: string,
    delaySeconds: number,
  ): Promise<void>
  scheduleSms(tx: Tx, message: { messageId: string }): Promise<void>
  /** As `scheduleStep`, for what follows an order. */
  scheduleFollowUp(tx: Tx, followUp: FollowUp, delaySeconds: number): Promise<void>
}

export interface RunningQueue extends WorkQueue {
  run(handlers: {
    step(job: { orderId: string; token: number }): Promise<void>
    sms(job: { messageId: string }): Promise<void>
    followUp(job: FollowUp): Promise<void>
  }): Promise<void>
  stop(): Promise<void>
}

/** A step shows this often, in seconds, that its process lives; one that does not gives its place at the home system back. */
const lifeSignSeconds = 15

/**
 * pg-boss on the service's own database. A step that throws is tried again by the queue; a step whose process dies is taken
 * up again by the sweep, and the place it held at its home system is free again when its sign of life has been missed.
 *
 * The limit of a home system holds over all processes, also when several take their next step in the same instant
 * (`database/queue-statements.ts`). It is below the number of a process's hands, so that a slow system never takes them all.
 */
export async function startWorkQueue(
  database: OpenDatabase,
  options: { pollSeconds: number; concurrency: number; homeLimits: HomeLimits; log: Log },
): Promise<RunningQueue> {
  const boss = new PgBoss({
    db: database.queue,
    backend: database.kind === 'postgres' ? 'postgres' : 'pglite',
    schedule: false,
    superviseIntervalSeconds: lifeSignSeconds,
    // PGlite has one connection and little to gain from maintenance of its indexes.
    ...(database.kind === 'postgres' ? {} : { reindex: false, monitorVacuum: false }),
  })
  boss.on('error', (error) =>
    options.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'work queue'),
  )
  boss.on('warning', () => {})
  await boss.start()
  const retry = { retryLimit: 20, retryDelay: 1, retryBackoff: true, retryDelayMax: 300, expireInSeconds: 300 }
  const steps = { ...retry, heartbeatSeconds: lifeSignSeconds }
  await boss.createQueue(stepQueue, steps)
  // A queue from before the signs of life does not learn of them when it is created again.
  await boss.updateQueue(stepQueue, steps)
  await boss.createQueue(followUpQueue, retry)
  // At most one job per message, queued or running: the sweep may ask again and again while the gateway is down.
  await boss.createQueue(smsQueue, { ...retry, retryLimit: 50, expireInSeconds: 60, policy: 'exclusive' })
  // The queue looks a queue's table up on its own connection at first use. Inside our transaction, PGlite's only connection would
  // be taken, and both would wait for ever: so the look-up happens here.
  for (const queue of [stepQueue, smsQueue, followUpQueue])
    await boss.findJobs(queue, { id: '00000000-0000-0000-0000-000000000000' })
  const send = async (
    tx: Tx,
    queue: string,
    data: object,
    more: { startAfter: number; singletonKey?: string; group?: { id: string; tier: string } },
  ) => {
    await boss.send(queue, data, { db: fromKysely(tx), ...more })
  }
  const workerOptions = {
    pollingIntervalSeconds: options.pollSeconds,
    localConcurrency: database.kind === 'postgres' ? options.concurrency : 2,
    batchSize: 1,
  }
  return {
    scheduleStep: (tx, step, homeSystem, startAfter) =>
      send(tx, stepQueue, step, { startAfter, group: { id: homeSystem, tier: homeSystem } }),
    scheduleSms: (tx, message) => send(tx, smsQueue, message, { startAfter: 0, singletonKey: message.messageId }),
    scheduleFollowUp: (tx, followUp, startAfter) => send(tx, followUpQueue, followUp, { startAfter }),
    async run(handlers) {
      const { concurrentOrders, systems } = options.homeLimits
      const stepOptions = { ...workerOptions, groupConcurrency: { default: concurrentOrders, tiers: systems } }
      await boss.work<{ orderId: string; token: number }>(stepQueue, stepOptions, async (jobs) => {
        for (const job of jobs) await handlers.step(job.data)
      })
      await boss.work<{ messageId: string }>(smsQueue, workerOptions, async (jobs) => {
        for (const job of jobs) await handlers.sms(job.data)
      })
      await boss.work<FollowUp>(followUpQueue, { ...workerOptions, localConcurrency: 2 }, async (jobs) => {
        for (const job of jobs) await handlers.followUp(job.data)
      })
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: 10_000, close: false })
    },
  }
}
