import type { Failure } from '../../../shared/domain/result.ts'
import type { JobResult, Receipt } from '../../../shared/protocol/jobs.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import { lanesOf } from './batch.ts'
import { longestJobDelayMs, maxAttempts, retryDelayMs } from './retry-policy.ts'
import type { QueuedJob } from './sendable-jobs.ts'

type SettlePorts = Pick<Ports, 'clock' | 'resources' | 'random'>

/** Holds a job, and with it its lane, until a person acts. */
export function holdJob(tx: Transaction, jobId: string, error: Failure): void {
  tx.run("UPDATE outbox_job SET state = 'needs_attention', last_error = ? WHERE id = ? AND state <> 'done'", [
    JSON.stringify(error),
    jobId,
  ])
}

/** Counts a failed attempt and says when to try again; after many a person has to look. */
export function postponeJobs(tx: Transaction, ports: SettlePorts, jobs: readonly QueuedJob[], error: Failure): void {
  for (const job of jobs) {
    const attempts = job.attempts + 1
    const nextTryAt = ports.clock.now() + retryDelayMs(attempts, ports.random(), longestJobDelayMs)
    tx.run(
      "UPDATE outbox_job SET state = ?, attempts = ?, next_try_at = ?, last_error = ? WHERE id = ? AND state <> 'done'",
      [attempts >= maxAttempts ? 'needs_attention' : 'pending', attempts, nextTryAt, JSON.stringify(error), job.id],
    )
  }
}

/** Writes the receipts of accepted jobs, with a fixed number of statements however many they are. */
async function finishJobs(tx: Transaction, ports: SettlePorts, receipts: ReadonlyMap<string, Receipt>): Promise<void> {
  if (receipts.size === 0) return
  // Written piece by piece: an object with hundreds of names takes longer to make than to write.
  const told = Array.from(
    receipts,
    ([id, receipt]) => `${JSON.stringify(id)}:${JSON.stringify({ ...receipt, jobId: id })}`,
  )
  tx.run(
    `UPDATE outbox_job SET state = 'done', attempts = attempts + 1, last_error = NULL, receipt = told.value, done_at = ?
     FROM json_each(?) AS told
     WHERE outbox_job.id = told.key AND outbox_job.state <> 'done'`,
    [ports.clock.now(), `{${told.join(',')}}`],
  )
  // A row for each would have to be handed over only to be counted.
  const { finished } = (await tx.get<{ finished: number }>('SELECT changes() AS finished'))!
  writeMeta(tx, 'receiptCount', ((await readMeta(tx, 'receiptCount')) ?? 0) + finished)
}

/**
 * Writes what the service said of each job of a batch. Accepted: done with its receipt. Refused: held with the sentence. Not answered: tried again later. Blocked: waits for the jobs before it,
 * as it does already.
 */
export async function settleBatch(
  tx: Transaction,
  ports: SettlePorts,
  jobs: readonly QueuedJob[],
  results: readonly JobResult[],
): Promise<void> {
  const byId = new Map(results.map((result) => [result.id, result]))
  const receipts = new Map<string, Receipt>()
  for (const job of jobs) {
    const result = byId.get(job.id)
    if (!result) postponeJobs(tx, ports, [job], { code: 'service.internal' })
    else if (result.outcome === 'accepted') receipts.set(job.id, result.receipt)
    else if (result.outcome === 'refused') {
      const { code, field, params } = result.error
      holdJob(tx, job.id, { code, ...(field ? { field } : {}), ...(params ? { params } : {}) })
    }
  }
  await finishJobs(tx, ports, receipts)
  await refreshCases(tx, ports, lanesOf(jobs))
}
