import type { Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { type BurnProof, createProofBurner } from '../auth/burn-proofs.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptBatch, takeJob } from './accept-batch.ts'
import type { Delivery, SetDelivery } from './delivery.ts'
import { createGatherer, type Gathered } from './gather.ts'
import type { ReadJob } from './read-job.ts'
import { createSets } from './take-sets.ts'

/** How hard a process is pressed. */
export interface Pressure {
  /** Milliseconds the job that has waited longest has been waiting to be taken in. */
  longestWaitMs: number
  waitingJobs: number
}

/** The intake of one process. */
export interface Intake {
  /** Takes in what a counter delivers; see `acceptBatch`. */
  accept(delivery: Delivery): Promise<Result<JobResult[]>>
  pressure(): Pressure
  /** Deliveries of a device that wait. */
  waitingOf(deviceId: string): number
}

/** Jobs of orders have a transaction each, so many at the same time; the rest of the connections is for everybody else. */
const singly = { jobsPerSet: 1, atATime: 4, worthASecond: 0, longestPauseMs: 0 } as const

/** Creates the intake. `monotonic` answers milliseconds that never go back; the wall clock is the context's. */
export function createIntake(
  context: ServiceContext,
  parts: { burn?: BurnProof; monotonic?: () => number } = {},
): Intake {
  const { burn = createProofBurner(context.db), monotonic = () => performance.now() } = parts
  const sets = createSets(context, monotonic)
  const singles = createGatherer<Gathered & { device: Device; job: ReadJob }, JobResult>(singly, {
    run: ([one]) => takeJob(context, one!.device, one!.job).then((result) => [result]),
    alone: () => true,
    monotonic,
  })
  const takers = {
    context,
    burn,
    takeSet: (delivery: SetDelivery) =>
      // Sets of one store lengthen one audit chain.
      sets.take({
        ...delivery,
        owner: delivery.device.deviceId,
        place: delivery.device.storeId,
        jobs: delivery.set.length,
      }),
    takeJob: (device: Device, job: ReadJob) =>
      singles.take({ owner: device.deviceId, place: device.deviceId, jobs: 1, device, job }),
  }
  return {
    accept: (delivery) => acceptBatch(takers, delivery),
    pressure: () => ({
      longestWaitMs: Math.max(sets.longestWait(), singles.longestWait()),
      waitingJobs: sets.waiting() + singles.waiting(),
    }),
    waitingOf: (deviceId) => sets.waitingOf(deviceId) + singles.waitingOf(deviceId),
  }
}
