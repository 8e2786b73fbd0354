import type { Failure } from '../../../shared/domain/result.ts'
import type { JobResult, Receipt } from '../../../shared/protocol/jobs.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import type { JobRow } from './outbox-table.ts'
import { longestJobDelayMs, maxAttempts, retryDelayMs } from './retry-policy.ts'

type SettlePorts = Pick<Ports, 'clock' | 'resources' | 'random'>

/** Holds a job, and with it its lane, until a person acts. */
export function holdJob(tx: Transaction, jobId: string, error: Failure): void {
  tx.run("UPDATE outbox_job SET state = 'needs_attention', last_error = ? WHERE id = ? AND state <> 'done'", [
    JSON.stringify(error),
    jobId,
  ])
}

/** Counts a failed attempt and says when to try again; after many a person has to look. */
export function postponeJobs(tx: Transaction, ports: SettlePorts, rows: readonly JobRow[], error: Failure): void {
  for (const row of rows) {
    const attempts = row.attempts + 1
    const nextTryAt = ports.clock.now() + retryDelayMs(attempts, ports.random(), longestJobDelayMs)
    tx.run(
      "UPDATE outbox_job SET state = ?, attempts = ?, next_try_at = ?, last_error = ? WHERE id = ? AND state <> 'done'",
      [attempts >= maxAttempts ? 'needs_attention' : 'pending', attempts, nextTryAt, JSON.stringify(error), row.id],
    )
  }
}

/** Writes the receipts of accepted jobs, with a fixed number of statements however many they are. */
async function finishJobs(tx: Transaction, ports: SettlePorts, receipts: readonly Receipt[]): Promise<void> {
  if (receipts.length === 0) return
  const told = JSON.stringify(receipts.map((receipt) => ({ id: receipt.jobId, receipt: JSON.stringify(receipt) })))
  const open = await tx.get<{ jobs: number }>(
    `SELECT count(*) AS jobs FROM outbox_job WHERE state <> 'done' AND id IN (SELECT value ->> '$.id' FROM json_each(?))`,
    [told],
  )
  tx.run(
    `UPDATE outbox_job SET state = 'done', attempts = attempts + 1, last_error = NULL, receipt = told.receipt, done_at = ?
     FROM (SELECT value ->> '$.id' AS id, value ->> '$.receipt' AS receipt FROM json_each(?)) AS told
     WHERE outbox_job.id = told.id AND outbox_job.state <> 'done'`,
    [ports.clock.now(), told],
  )
  writeMeta(tx, 'receiptCount', ((await readMeta(tx, 'receiptCount')) ?? 0) + (open?.jobs ?? 0))
}

/**
 * Writes what the service said of each job of a batch. Accepted: done with its receipt. Refused: held with the sentence. Not answered: tried again later. Blocked: waits for the jobs before it,
 * as it does already.
 */
export async function settleBatch(
  tx: Transaction,
  ports: SettlePorts,
  rows: readonly JobRow[],
  results: readonly JobResult[],
): Promise<void> {
  const byId = new Map(results.map((result) => [result.id, result]))
  const receipts: Receipt[] = []
  for (const row of rows) {
    const result = byId.get(row.id)
    if (!result) postponeJobs(tx, ports, [row], { code: 'service.internal' })
    else if (result.outcome === 'accepted') receipts.push({ ...result.receipt, jobId: row.id })
    else if (result.outcome === 'refused') {
      const { code, field, params } = result.error
      holdJob(tx, row.id, { code, ...(field ? { field } : {}), ...(params ? { params } : {}) })
    }
  }
  await finishJobs(tx, ports, receipts)
  await refreshCases(tx, ports, new Set(rows.map((row) => row.lane)))
}
