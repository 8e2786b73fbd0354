import type { TakenJob } from '../../../shared/protocol/reconciliation.ts'
import { writeAudit } from '../audit/audit.ts'
import { refreshCases } from '../cases/refresh-cases.ts'
import { readMeta, writeMeta } from '../meta.ts'
import type { Ports } from '../ports.ts'
import type { Transaction } from '../storage/store.ts'
import { recallMoney } from './recall-money.ts'
import { recallSubmitted } from './recall-submitted.ts'

type RecallPorts = Pick<Ports, 'clock' | 'resources' | 'sha256'>

/** What a counter whose disk was set back to an older state found out about itself. */
export interface Recalled {
  lanes: string[]
  /** Jobs the service has and this counter had forgotten. */
  recalled: number
  /** Jobs written since, whose numbers were used before. */
  renumbered: number
  /** Payments put back into their cases. */
  payments: number
  /** Submitted cases of which nothing was left here. */
  cases: number
}

interface LocalJob {
  sequence: number
  id: string
  lane: string
  receipt: string | null
}

/** The lowest job number that may have been used before this counter's disk was set back; the one after the last when none shows. */
export async function firstDoubtful(tx: Pick<Transaction, 'get'>): Promise<number> {
  const refused = await tx.get<{ sequence: number | null }>(
    `SELECT min(sequence) AS sequence FROM outbox_job
     WHERE state = 'needs_attention' AND last_error ->> '$.code' = 'job.sequenceConflict'`,
  )
  return refused?.sequence ?? ((await readMeta(tx as Transaction, 'lastJobSequence')) ?? 0) + 1
}

/**
 * Makes the outbox what it would be had the disk not been set back: jobs the service holds from `from` on are here again with their
 * receipts, and what was written since counts on from the service's number, in its order and without a gap. `taken` is everything the
 * service has from `from` on; `highest` the highest number it has seen.
 */
export async function recallJobs(
  tx: Transaction,
  ports: RecallPorts,
  told: { from: number; taken: readonly TakenJob[]; highest: number },
): Promise<Recalled> {
  const { from, taken, highest } = told
  const ids = new Set(taken.map((job) => job.id))
  const local = await tx.all<LocalJob & Record<string, string | number | null>>(
    'SELECT sequence, id, lane, receipt FROM outbox_job WHERE sequence >= ? ORDER BY sequence',
    [from],
  )
  // What the service has under its own number stays: sent again it brings its receipt.
  const moving = local.filter((job) => job.receipt === null && !ids.has(job.id))
  const known = new Set(
    (
      await tx.all<{ id: string }>('SELECT id FROM outbox_job WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify([...ids]),
      ])
    ).map((job) => job.id),
  )
  const missing = taken.filter((job) => !known.has(job.id))
  for (const job of moving) tx.run('UPDATE outbox_job SET sequence = ? WHERE id = ?', [-job.sequence, job.id])
  for (const job of missing) writeRecalled(tx, job)
  const last = await tx.get<{ sequence: number }>(
    'SELECT coalesce(max(sequence), 0) AS sequence FROM outbox_job WHERE sequence > 0',
  )
  let next = Math.max(highest, last!.sequence)
  for (const job of moving) {
    next += 1
    tx.run(
      `UPDATE outbox_job SET sequence = ?,
         attempts = CASE WHEN last_error ->> '$.code' = 'job.sequenceConflict' THEN 0 ELSE attempts END,
         next_try_at = CASE WHEN last_error ->> '$.code' = 'job.sequenceConflict' THEN 0 ELSE next_try_at END,
         state = CASE WHEN last_error ->> '$.code' = 'job.sequenceConflict' THEN 'pending' ELSE state END,
         last_error = CASE WHEN last_error ->> '$.code' = 'job.sequenceConflict' THEN NULL ELSE last_error END,
         closed = json_remove(closed, '$.told')
       WHERE id = ?`,
      [next, job.id],
    )
  }
  writeMeta(tx, 'lastJobSequence', next)
  if (highest > ((await readMeta(tx, 'lastCaseCounter')) ?? 0)) writeMeta(tx, 'lastCaseCounter', highest)
  writeMeta(tx, 'receiptCount', ((await readMeta(tx, 'receiptCount')) ?? 0) + missing.length)
  const payments = await recallMoney(tx, ports, missing)
  const cases = await recallSubmitted(tx, ports, missing)
  const lanes = [...new Set([...missing, ...moving].map((job) => job.lane))]
  const recalled = { lanes, recalled: missing.length, renumbered: moving.length, payments, cases }
  if (missing.length > 0 || moving.length > 0) await tell(tx, ports, recalled)
  await refreshCases(tx, ports, lanes)
  return recalled
}

function writeRecalled(tx: Transaction, job: TakenJob): void {
  tx.run(
    `INSERT INTO outbox_job (sequence, id, lane, msisdn, kind, version, payload, staff_id, state, attempts, next_try_at, receipt,
       created_at, done_at)
     VALUES (?, ?, ?, ?, ?, 1, ?, ?, 'done', 1, 0, ?, ?, ?)`,
    [
      job.sequence,
      job.id,
      job.lane,
      job.msisdn,
      job.kind,
      // Money can be told once more should the service forget it; of other jobs their content is not here any more.
      JSON.stringify(job.payment ?? job.refundPaid ?? {}),
      job.staffId,
      JSON.stringify(job.receipt),
      job.receipt.receivedAt,
      job.receipt.receivedAt,
    ],
  )
}

async function tell(tx: Transaction, ports: RecallPorts, found: Recalled): Promise<void> {
  const { recalled, renumbered, payments, cases } = found
  const before = await readMeta(tx, 'setBack')
  const at = ports.clock.now()
  writeMeta(tx, 'setBack', {
    at,
    recalled: (before?.recalled ?? 0) + recalled,
    renumbered: (before?.renumbered ?? 0) + renumbered,
    payments: (before?.payments ?? 0) + payments,
    cases: (before?.cases ?? 0) + cases,
  })
  await writeAudit(tx, ports, {
    staffId: 'counter',
    action: 'outbox.setBack',
    details: { recalled, renumbered, payments },
  })
}
