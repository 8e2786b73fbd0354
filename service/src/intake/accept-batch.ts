import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptJob } from './accept-job.ts'

function field(raw: unknown, name: string): string | undefined {
  const value = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/**
 * Takes in a batch in its order, one transaction per job, and answers one result per job. When a job is refused, the later jobs of
 * its lane in this batch are `blocked`: they were written in the belief that it would stand. Other lanes go on.
 */
export async function acceptBatch(
  context: ServiceContext,
  device: Device,
  jobs: readonly unknown[],
): Promise<JobResult[]> {
  const blockedLanes = new Set<string>()
  const results: JobResult[] = []
  for (const raw of jobs) {
    const id = field(raw, 'id') ?? ''
    const lane = field(raw, 'lane')
    if (lane !== undefined && blockedLanes.has(lane)) {
      results.push({ id, outcome: 'blocked' })
      continue
    }
    const accepted = await acceptJob(context, device, raw)
    if (accepted.ok) {
      results.push({ id, outcome: 'accepted', receipt: accepted.value })
    } else {
      results.push({ id, outcome: 'refused', error: accepted.error })
      if (lane !== undefined) blockedLanes.add(lane)
    }
  }
  return results
}
