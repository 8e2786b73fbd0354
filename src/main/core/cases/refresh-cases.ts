import type { CaseStatus } from '../../../shared/contract/views.ts'
import { instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { orderViewSchema } from '../../../shared/protocol/changes.ts'
import type { Ports } from '../ports.ts'
import type { Row, Transaction } from '../storage/store.ts'
import { movedOnSql } from '../sync/newer-changes.ts'
import { caseStatus, isOpenIn, type JobState } from './case-status.ts'
import { parseCase } from './case-store.ts'

interface RefreshedRow extends Row {
  case_id: string
  state: Case['state']
  status: CaseStatus
  is_open: number
  effective_at: number | null
  order_document: string | null
  moved_on: number
  waiting: string
}

/**
 * Derives the status of cases again after their orders or jobs changed, reading all of them at once. The case itself is parsed only
 * where the status depends on what it says: for a draft whose jobs no longer need anybody. A draft without an order that neither needs
 * nor needed anybody stays as it is, and is not even read.
 */
export async function refreshCases(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  caseIds: Iterable<string>,
): Promise<void> {
  const rows = await tx.all<RefreshedRow>(
    `SELECT case_id, state, status, is_open, effective_at,
       (SELECT document FROM order_view WHERE order_view.case_id = counter_case.case_id) AS order_document,
       ${movedOnSql('counter_case.case_id')} AS moved_on,
       (SELECT json_group_array(json_object('kind', kind, 'state', state)) FROM outbox_job
        WHERE lane = counter_case.case_id AND outbox_job.state <> 'done') AS waiting
     FROM counter_case WHERE case_id IN (SELECT value FROM json_each(?))
       AND NOT (state = 'draft' AND status <> 'attention' AND effective_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM order_view WHERE order_view.case_id = counter_case.case_id)
         AND NOT EXISTS (SELECT 1 FROM outbox_job
           WHERE lane = counter_case.case_id AND outbox_job.state <> 'done' AND outbox_job.state = 'needs_attention'))`,
    [JSON.stringify([...caseIds])],
  )
  for (const row of rows) {
    const waiting = JSON.parse(row.waiting) as JobState[]
    const order = row.order_document ? orderViewSchema.parse(JSON.parse(row.order_document)) : undefined
    const status = await statusOf(tx, ports, row, { order, movedOn: row.moved_on === 1, waiting })
    const effectiveAt = order?.effectiveAt ?? null
    if (status === row.status && effectiveAt === row.effective_at) continue
    // A restored service may tell of an order as it was before its end, while the number has its next case already.
    tx.run(
      `UPDATE counter_case SET status = ?, effective_at = ?, is_open = ? AND NOT EXISTS (
         SELECT 1 FROM counter_case AS next
         WHERE next.msisdn = counter_case.msisdn AND next.is_open = 1 AND next.case_id <> counter_case.case_id)
       WHERE case_id = ?`,
      [status, effectiveAt, isOpenIn(status, row.is_open === 1) ? 1 : 0, row.case_id],
    )
  }
}

async function statusOf(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  row: RefreshedRow,
  about: Pick<Parameters<typeof caseStatus>[0], 'order' | 'movedOn' | 'waiting'>,
): Promise<CaseStatus> {
  const needsAttention = about.waiting.some((job) => job.state === 'needs_attention')
  if (row.state !== 'draft' || needsAttention) return caseStatus({ state: row.state, missing: [], ...about })
  // Jobs and orders do not move a draft, unless it was held.
  if (row.status !== 'attention') return row.status
  const stored = await tx.get<{ document: string }>('SELECT document FROM counter_case WHERE case_id = ?', [
    row.case_id,
  ])
  const { missing } = progressOf(parseCase(stored!.document), ports.resources, instant(ports.clock.now()))
  return caseStatus({ state: row.state, missing, ...about })
}
