import type { Result } from '../../../src/shared/domain/result.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { type BurnProof, createProofBurner } from '../auth/burn-proofs.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptBatch } from './accept-batch.ts'
import type { Delivery, SetDelivery } from './delivery.ts'
import { createSets } from './take-sets.ts'

/** The intake of one process. */
export interface Intake {
  /** Takes in what a counter delivers; see `acceptBatch`. */
  accept(delivery: Delivery): Promise<Result<JobResult[]>>
}

/** Creates the intake. `monotonic` answers milliseconds that never go back; the wall clock is the context's. */
export function createIntake(
  context: ServiceContext,
  parts: { burn?: BurnProof; monotonic?: () => number } = {},
): Intake {
  const { burn = createProofBurner(context.db), monotonic = () => performance.now() } = parts
  const sets = createSets(context, monotonic)
  const takeSet = (delivery: SetDelivery) =>
    sets.take({ ...delivery, owner: delivery.device.deviceId, jobs: delivery.set.length })
  return { accept: (delivery) => acceptBatch({ context, takeSet, burn }, delivery) }
}
