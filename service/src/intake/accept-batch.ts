import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobResult } from '../../../src/shared/protocol/jobs.ts'
import type { BurnProof } from '../auth/burn-proofs.ts'
import { isPassingTrouble } from '../database/passing-trouble.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptJob } from './accept-job.ts'
import { checkPayload } from './check-payload.ts'
import { checkStanding, type Delivery } from './delivery.ts'
import { knownDevice } from './note-sequence.ts'
import { type Placed, planBatch, type SetJob } from './plan-batch.ts'
import { type ReadJob, readJob } from './read-job.ts'
import type { SetKind } from './set-handler.ts'
import type { TakeSet } from './take-sets.ts'

export interface BatchParts {
  context: ServiceContext
  takeSet: TakeSet
  takeJob(device: Device, job: ReadJob): Promise<JobResult>
  burn: BurnProof
}

/** What a proof burnt by itself and the receipts a counter says it holds make of a delivery. */
async function lookAt({ context, burn }: BatchParts, delivery: Delivery): Promise<Result<undefined>> {
  const { proof, device, receipts } = delivery
  if (proof && !(await burn(proof))) return fail('auth.proofInvalid', { params: { reason: 'replayed' } })
  const known = await knownDevice(context.db, device.deviceId)
  const standing = checkStanding({ device, proof, receipts }, known)
  return standing.ok ? ok(undefined) : standing
}

/**
 * Takes in what a counter delivers and answers in its order one result per job, after the commit that holds it. When a job is
 * refused, the later jobs of its lane in this delivery are `blocked`: they were written in the belief that it would stand. Other
 * lanes go on. A job with unforeseen trouble gets no result and holds up only its lane; trouble that passes by itself is thrown, and
 * so is trouble with all. Errors, of the delivery as a whole: `auth.proofInvalid`, `auth.deviceUnknown`, `service.restored`.
 */
export async function acceptBatch(parts: BatchParts, delivery: Delivery): Promise<Result<JobResult[]>> {
  const { context } = parts
  const { device, jobs } = delivery
  const blockedLanes = new Set<string>()
  const results: (JobResult | undefined)[] = jobs.map(() => undefined)
  let trouble: unknown
  /** What is still to be found out about the delivery itself; the first set finds it out on the way. */
  let open: Pick<Delivery, 'proof' | 'receipts'> | undefined = { proof: delivery.proof, receipts: delivery.receipts }

  function block(lane: string | undefined) {
    if (lane !== undefined) blockedLanes.add(lane)
  }

  async function takeOne({ place, job }: Placed) {
    const { id, lane } = job
    if (lane !== undefined && blockedLanes.has(lane)) {
      results[place] = { id, outcome: 'blocked' }
      return
    }
    try {
      results[place] = await parts.takeJob(device, job)
      if (results[place].outcome === 'refused') block(lane)
    } catch (error) {
      if (isPassingTrouble(error)) throw error
      trouble = error
      context.log.error({ jobId: id, error: error instanceof Error ? error.name : typeof error }, 'job not taken in')
      block(lane)
    }
  }

  async function look(): Promise<Result<undefined>> {
    if (!open) return ok(undefined)
    const looked = await lookAt(parts, { ...delivery, ...open })
    open = undefined
    return looked
  }

  async function takeSet(set: readonly SetJob[]): Promise<Result<undefined>> {
    const taken = await parts.takeSet({ device, ...open, set, blocked: blockedLanes })
    if (taken === 'apart') {
      const looked = await look()
      if (looked.ok) for (const job of set) await takeOne(job)
      return looked
    }
    open = undefined
    if (!taken.ok) return taken
    for (const [index, { place, job }] of set.entries()) {
      results[place] = taken.value[index]
      if (taken.value[index]!.outcome === 'refused') block(job.lane)
    }
    return ok(undefined)
  }

  const check = (envelope: JobEnvelope, kind: SetKind) => checkPayload(context, envelope, kind)
  for (const step of planBatch(jobs.map(readJob), check)) {
    const stepped = step.kind === 'set' ? await takeSet(step.jobs) : await look()
    if (!stepped.ok) return stepped
    if (step.kind === 'single') await takeOne(step.job)
  }
  const answered = results.filter((result) => result !== undefined)
  if (trouble !== undefined && !answered.some((result) => result.outcome === 'accepted')) throw trouble
  return ok(answered)
}

/** Takes in one job under its own commit. */
export async function takeJob(context: ServiceContext, device: Device, job: ReadJob): Promise<JobResult> {
  const { id, envelope } = job
  if (!envelope.ok) return { id, outcome: 'refused', error: envelope.error }
  const accepted = await context.db.transaction().execute((tx) => acceptJob(tx, context, device, job))
  return accepted.ok
    ? { id, outcome: 'accepted', receipt: accepted.value }
    : { id, outcome: 'refused', error: accepted.error }
}
