import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { JobKind } from '../../../shared/protocol/jobs.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import type { Connection } from '../connection.ts'
import type { Emitter } from '../emitter.ts'
import type { Ports } from '../ports.ts'
import type { ServiceClient } from '../service-client/service-client.ts'
import type { SessionKeeper } from '../session-keeper.ts'
import type { Store, Transaction } from '../storage/store.ts'
import { transact } from '../transact.ts'
import { enqueue, type NewJob } from './enqueue.ts'
import { countJobs } from './outbox-table.ts'
import { createPump } from './pump.ts'

/** What waits to be told to the service. */
export interface Outbox {
  /** Runs a transaction that may enqueue; after it is on disk, what it enqueued goes out. */
  commit<T>(work: (tx: Transaction) => Promise<Result<T>>): Promise<Result<T>>
  /** Within `commit` only. Returns the job's id. */
  enqueue<K extends JobKind>(tx: Transaction, job: NewJob<K>): Promise<string>
  /** Lets a held job try again. Errors: `job.notFound`, `job.notWaiting`. */
  retry(tx: Transaction, jobId: string): Promise<Result<{ caseId: string }>>
  /** Jobs that are on their way to the service at this moment. */
  underWay(): ReadonlySet<string>
  /** Signed in, network back, or time has passed. */
  wake(): void
  start(): Promise<void>
  stop(): Promise<void>
  /** The service said what time it is there. */
  serviceTime(now: number): void
  /** Runs work while no batch is on its way; undefined when the outbox stops before. */
  betweenRounds<T>(work: () => Promise<T>): Promise<T | undefined>
  /** Jobs wait again that were done: counts and windows follow, and they go out. */
  reopened(lanes: readonly string[]): Promise<void>
}

/** Creates the outbox of a store. */
export function createOutbox(parts: {
  ports: Ports
  store: Store
  service: ServiceClient
  session: SessionKeeper
  connection: Connection
  events: Emitter
  /** See `PumpParts.reconcile`. */
  reconcile(): Promise<number | undefined>
  /** See `PumpParts.bringBack`. */
  bringBack(caseIds: readonly string[]): Promise<boolean>
}): Outbox {
  const { ports, store, connection, events } = parts

  async function recount() {
    connection.counted(await countJobs(store))
  }
  async function changed(lanes: readonly string[]) {
    await recount()
    for (const caseId of lanes) events.emit({ name: 'case.changed', payload: { caseId } })
  }
  const pump = createPump({
    ports,
    store,
    service: parts.service,
    signedIn: () => parts.session.current() !== undefined,
    reconcile: parts.reconcile,
    bringBack: parts.bringBack,
    changed,
  })

  return {
    async commit(work) {
      const result = await transact(store, work)
      if (result.ok) {
        await recount()
        pump.wake()
      }
      return result
    },
    enqueue: (tx, job) => enqueue(tx, ports, job),
    async retry(tx, jobId) {
      const row = await tx.get<{ state: string; lane: string }>('SELECT state, lane FROM outbox_job WHERE id = ?', [
        jobId,
      ])
      if (!row) return fail('job.notFound')
      if (row.state === 'done' || pump.underWay().has(jobId)) return fail('job.notWaiting')
      tx.run(
        "UPDATE outbox_job SET state = 'pending', attempts = 0, next_try_at = 0, last_error = NULL, handed = NULL WHERE id = ?",
        [jobId],
      )
      await refreshCases(tx, ports, [row.lane])
      return ok({ caseId: row.lane })
    },
    underWay: () => pump.underWay(),
    wake: () => pump.wake(),
    async start() {
      await recount()
      pump.start()
    },
    stop: () => pump.stop(),
    serviceTime: (now) => pump.serviceTime(now),
    betweenRounds: (work) => pump.betweenRounds(work),
    async reopened(lanes) {
      await changed(lanes)
      pump.wake()
    },
  }
}
