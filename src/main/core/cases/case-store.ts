import type { CaseStatus } from '../../../shared/contract/views.ts'
import { instant, shanghaiDate } from '../../../shared/domain/calendar.ts'
import { type Case, caseSchema } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { type OrderView, orderViewSchema } from '../../../shared/protocol/changes.ts'
import { openJobsOfCase } from '../outbox/outbox-table.ts'
import type { Ports } from '../ports.ts'
import type { Row, Store, Transaction } from '../storage/store.ts'
import { hasMovedOn } from '../sync/newer-changes.ts'
import { caseStatus, isOpenIn } from './case-status.ts'

type Reader = Pick<Store, 'get'> | Transaction

/** Reads a case as it was left; parsed again, so that a document of another shape is noticed and not half used. */
export async function readCase(reader: Reader, caseId: string): Promise<Case | undefined> {
  const row = await reader.get<{ document: string }>('SELECT document FROM counter_case WHERE case_id = ?', [caseId])
  return row ? parseCase(row.document) : undefined
}

/** Parses a stored case. Throws on a document that no version of this program wrote. */
export function parseCase(document: string): Case {
  return caseSchema.parse(JSON.parse(document))
}

/** The order of a case as the service last told it. */
export async function readOrder(reader: Reader, caseId: string): Promise<OrderView | undefined> {
  const row = await reader.get<{ document: string }>('SELECT document FROM order_view WHERE case_id = ?', [caseId])
  return row ? orderViewSchema.parse(JSON.parse(row.document)) : undefined
}

/** Reversed digits, so that an index finds what a number ends with. */
export function reversed(text: string): string {
  return [...text].reverse().join('')
}

/** Writes a case with the columns derived from it, its order and its waiting jobs, as they stand in this transaction. */
export async function writeCase(
  tx: Transaction,
  ports: Pick<Ports, 'clock' | 'resources'>,
  case_: Case,
): Promise<void> {
  const order = await readOrder(tx, case_.caseId)
  const waiting = await openJobsOfCase(tx, case_.caseId)
  const progress = progressOf(case_, ports.resources, case_.submittedAt ?? instant(ports.clock.now()))
  const status: CaseStatus = caseStatus({
    state: case_.state,
    missing: progress.missing,
    order,
    // What is not submitted has no order, and most of what is written is a draft.
    movedOn: case_.state === 'submitted' && (await hasMovedOn(tx, case_.caseId)),
    waiting,
  })
  const name = case_.proof?.holderName ?? case_.document?.name ?? null
  tx.run(
    `INSERT INTO counter_case (case_id, case_number, case_number_reversed, msisdn, msisdn_reversed, name, masked_name,
       state, status, is_open, total_fen, created_at, created_on, updated_at, submitted_at, effective_at, document)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (case_id) DO UPDATE SET name = excluded.name, masked_name = excluded.masked_name,
       state = excluded.state, status = excluded.status,
       is_open = CASE WHEN excluded.status = 'movedOn' THEN counter_case.is_open ELSE excluded.is_open END, total_fen = excluded.total_fen,
       updated_at = excluded.updated_at, submitted_at = excluded.submitted_at, effective_at = excluded.effective_at,
       document = excluded.document`,
    [
      case_.caseId,
      case_.caseNumber,
      reversed(case_.caseNumber),
      case_.msisdn,
      reversed(case_.msisdn),
      name,
      case_.number?.maskedName ?? case_.recalled?.maskedName ?? null,
      case_.state,
      status,
      isOpenIn(status, true) ? 1 : 0,
      case_.state === 'submitted' ? (case_.signature?.signedTotalFen ?? null) : (progress.settlement?.totalFen ?? null),
      case_.createdAt,
      shanghaiDate(case_.createdAt),
      case_.updatedAt,
      case_.submittedAt ?? null,
      order?.effectiveAt ?? null,
      JSON.stringify(case_),
    ],
  )
}

/** A row of `counter_case` as far as lists need it. */
export interface StoredCaseRow extends Row {
  case_id: string
  status: string
  name: string | null
  masked_name: string | null
  total_fen: number | null
  document: string
}
