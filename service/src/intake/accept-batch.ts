import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { acceptJob } from './accept-job.ts'

function field(raw: unknown, name: string): string | undefined {
  const value = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/**
 * Kinds that touch no order, so that several may share one commit. Jobs of orders have a transaction each: together they would hold
 * the store's feed while waiting for an order whose worker holds the order and waits for the feed.
 */
const mayShare = new Set(['attachment.store', 'payment.take'])

/** Cuts a batch into runs that share a transaction, keeping its order. */
function runsOf(jobs: readonly unknown[]): unknown[][] {
  const runs: unknown[][] = []
  let shared = false
  for (const job of jobs) {
    const shares = mayShare.has(field(job, 'kind') ?? '')
    if (shares && shared) runs.at(-1)!.push(job)
    else runs.push([job])
    shared = shares
  }
  return runs
}

async function acceptRun(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  run: readonly unknown[],
  blockedLanes: Set<string>,
): Promise<JobResult[]> {
  const results: JobResult[] = []
  for (const raw of run) {
    const id = field(raw, 'id') ?? ''
    const lane = field(raw, 'lane')
    if (lane !== undefined && blockedLanes.has(lane)) {
      results.push({ id, outcome: 'blocked' })
      continue
    }
    const accepted = await acceptJob(tx, context, device, raw)
    if (accepted.ok) {
      results.push({ id, outcome: 'accepted', receipt: accepted.value })
    } else {
      results.push({ id, outcome: 'refused', error: accepted.error })
      if (lane !== undefined) blockedLanes.add(lane)
    }
  }
  return results
}

/**
 * Takes in a batch in its order and answers one result per job, after the commit that holds it. When a job is refused, the later jobs
 * of its lane in this batch are `blocked`: they were written in the belief that it would stand. Other lanes go on.
 */
export async function acceptBatch(
  context: ServiceContext,
  device: Device,
  jobs: readonly unknown[],
): Promise<JobResult[]> {
  let blockedLanes = new Set<string>()
  const results: JobResult[] = []
  const take = async (run: readonly unknown[]) => {
    // Blocked lanes count only when the run that blocked them has been committed.
    const blocked = new Set(blockedLanes)
    const taken = await context.db.transaction().execute((tx) => acceptRun(tx, context, device, run, blocked))
    blockedLanes = blocked
    results.push(...taken)
  }
  for (const run of runsOf(jobs)) {
    if (run.length === 1) {
      await take(run)
      continue
    }
    try {
      await take(run)
    } catch {
      // One job with unforeseen trouble, or a twin batch in another order: each job for itself, so that it holds up nobody else.
      for (const job of run) await take([job])
    }
  }
  return results
}
