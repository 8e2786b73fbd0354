import type { JobView } from '../../../shared/contract/views.ts'

/** Jobs of the same case, kind and state together, in the order of the first of each: four pictures are one line. */
export function groupAlike(jobs: readonly JobView[]): JobView[][] {
  const groups = new Map<string, JobView[]>()
  for (const job of jobs) {
    const key = `${job.caseId} ${job.kind} ${job.state}`
    groups.set(key, [...(groups.get(key) ?? []), job])
  }
  return [...groups.values()]
}
