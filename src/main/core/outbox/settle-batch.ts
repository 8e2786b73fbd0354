import type { Failure } from '../../../shared/domain/result.ts'
import type { JobResult } from '../../../shared/protocol/jobs.ts'
import { refreshCase } from '../cases/case-store.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import type { JobRow } from './outbox-table.ts'
import { longestJobDelayMs, maxAttempts, retryDelayMs } from './retry-policy.ts'

type SettlePorts = Pick<Ports, 'clock' | 'resources' | 'random'>

/** Holds a job, and with it its lane, until a person acts. */
export function holdJob(tx: Transaction, jobId: string, error: Failure): void {
  tx.run("UPDATE outbox_job SET state = 'needs_attention', last_error = ? WHERE id = ?", [JSON.stringify(error), jobId])
}

/** Puts jobs back as they were; costs no attempt. */
export function releaseJobs(tx: Transaction, rows: readonly JobRow[]): void {
  for (const row of rows) tx.run("UPDATE outbox_job SET state = 'pending' WHERE id = ?", [row.id])
}

/** Counts a failed attempt and says when to try again; after many a person has to look. */
export function postponeJobs(tx: Transaction, ports: SettlePorts, rows: readonly JobRow[], error: Failure): void {
  for (const row of rows) {
    const attempts = row.attempts + 1
    const nextTryAt = ports.clock.now() + retryDelayMs(attempts, ports.random(), longestJobDelayMs)
    tx.run('UPDATE outbox_job SET state = ?, attempts = ?, next_try_at = ?, last_error = ? WHERE id = ?', [
      attempts >= maxAttempts ? 'needs_attention' : 'pending',
      attempts,
      nextTryAt,
      JSON.stringify(error),
      row.id,
    ])
  }
}

/**
 * Writes what the service said of each job of a batch. Accepted: done with its receipt, and the paper it brought is
 * erased here. Refused: held with the sentence. Blocked or not answered: waits for the jobs before it.
 */
export async function settleBatch(
  tx: Transaction,
  ports: SettlePorts,
  rows: readonly JobRow[],
  results: readonly JobResult[],
): Promise<void> {
  const byId = new Map(results.map((result) => [result.id, result]))
  const lanes = new Set<string>()
  for (const row of rows) {
    const result = byId.get(row.id)
    lanes.add(row.lane)
    if (!result) postponeJobs(tx, ports, [row], { code: 'service.internal' })
    else if (result.outcome === 'accepted') {
      tx.run(
        `UPDATE outbox_job SET state = 'done', attempts = ?, last_error = NULL, receipt = ?, done_at = ? WHERE id = ?`,
        [row.attempts + 1, JSON.stringify(result.receipt), ports.clock.now(), row.id],
      )
      if (row.kind === 'attachment.store') tx.run('UPDATE attachment SET content = NULL WHERE job_id = ?', [row.id])
    } else if (result.outcome === 'refused') {
      const { code, field, params } = result.error
      holdJob(tx, row.id, { code, ...(field ? { field } : {}), ...(params ? { params } : {}) })
    } else releaseJobs(tx, [row])
  }
  for (const lane of lanes) await refreshCase(tx, ports, lane)
}
