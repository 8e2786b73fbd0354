import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import { isPassingTrouble } from '../database/passing-trouble.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptJob } from './accept-job.ts'
import { acceptSet } from './accept-set.ts'
import { type Placed, planBatch, type SetJob } from './plan-batch.ts'
import { type ReadJob, readJob } from './read-job.ts'

/** Tries of a set before its jobs are looked at one by one; the second finds the receipts of a twin that came first. */
const setTries = 2

/**
 * Takes in a batch and answers in its order one result per job, after the commit that holds it. When a job is refused, the later jobs
 * of its lane in this batch are `blocked`: they were written in the belief that it would stand. Other lanes go on. A job with
 * unforeseen trouble gets no result and holds up only its lane; trouble that passes by itself is thrown, and so is trouble with all.
 */
export async function acceptBatch(
  context: ServiceContext,
  device: Device,
  jobs: readonly unknown[],
): Promise<JobResult[]> {
  const blockedLanes = new Set<string>()
  const results: (JobResult | undefined)[] = jobs.map(() => undefined)
  let trouble: unknown

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
      results[place] = await resultOf(context, device, job)
      if (results[place].outcome === 'refused') block(lane)
    } catch (error) {
      if (isPassingTrouble(error)) throw error
      trouble = error
      context.log.error({ jobId: id, error: error instanceof Error ? error.name : typeof error }, 'job not taken in')
      block(lane)
    }
  }

  async function takeSet(set: readonly SetJob[], triesLeft: number): Promise<void> {
    try {
      const taken = await context.db.transaction().execute((tx) => acceptSet(tx, context, device, set, blockedLanes))
      for (const [index, { place, job }] of set.entries()) {
        results[place] = taken[index]
        if (taken[index]!.outcome === 'refused') block(job.lane)
      }
    } catch (error) {
      context.log.warn(
        { jobs: set.length, error: error instanceof Error ? error.name : typeof error },
        'set not taken in',
      )
      if (triesLeft > 1) return takeSet(set, triesLeft - 1)
      for (const job of set) await takeOne(job)
    }
  }

  for (const step of planBatch(jobs.map(readJob))) {
    if (step.kind === 'set') await takeSet(step.jobs, setTries)
    else await takeOne(step.job)
  }
  const answered = results.filter((result) => result !== undefined)
  if (trouble !== undefined && !answered.some((result) => result.outcome === 'accepted')) throw trouble
  return answered
}

async function resultOf(context: ServiceContext, device: Device, job: ReadJob): Promise<JobResult> {
  const { id, envelope } = job
  if (!envelope.ok) return { id, outcome: 'refused', error: envelope.error }
  const accepted = await context.db.transaction().execute((tx) => acceptJob(tx, context, device, job))
  return accepted.ok
    ? { id, outcome: 'accepted', receipt: accepted.value }
    : { id, outcome: 'refused', error: accepted.error }
}
