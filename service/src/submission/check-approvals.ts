import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { ApprovalSubject } from '../../../src/shared/domain/risk-policy.ts'
import type { OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import type { ApprovalTable } from '../database/tables.ts'

type Granted = Pick<ApprovalTable, 'subject' | 'agreement_id' | 'waived_fen' | 'amount_fen' | 'approver_id'>

/** Whether one subject is approved for exactly the figures of this order. */
function isApproved(subject: ApprovalSubject, order: OrderSubmit, refundFen: number, granted: readonly Granted[]) {
  const ofSubject = granted.filter((approval) => approval.subject === subject)
  switch (subject) {
    case 'waiver':
      return order.agreements
        .filter((entry) => entry.waivedFen > 0)
        .every((entry) =>
          ofSubject.some(
            (approval) => approval.agreement_id === entry.agreementId && approval.waived_fen === entry.waivedFen,
          ),
        )
    case 'largeRefund':
      return ofSubject.some((approval) => approval.amount_fen === refundFen)
    default:
      return ofSubject.length > 0
  }
}

/** The counters of a store. A supervisor decides for their own store: what was signed at another counts for nothing. */
export function devicesOf(tx: Tx, storeId: string) {
  return tx.selectFrom('device').select('device_id').where('store_id', '=', storeId)
}

/**
 * Everything the risk policy wants a second person for has been approved in this case and this store, for exactly its figures: a waiver or a refund
 * of another sum needs another approval. Errors: `approval.missing` with `subject`, `approval.samePerson` (who hands the order in
 * has approved it).
 */
export async function checkApprovals(
  tx: Tx,
  order: OrderSubmit,
  subjects: readonly ApprovalSubject[],
  facts: { staffId: string; storeId: string; refundFen: number },
): Promise<Result<undefined>> {
  if (subjects.length === 0) return ok(undefined)
  const granted =
    order.approvalIds.length === 0
      ? []
      : await tx
          .selectFrom('approval')
          .select(['subject', 'agreement_id', 'waived_fen', 'amount_fen', 'approver_id'])
          .where('case_id', '=', order.caseId)
          .where('approval_id', 'in', order.approvalIds)
          .where('device_id', 'in', devicesOf(tx, facts.storeId))
          .execute()
  if (granted.some((approval) => approval.approver_id === facts.staffId))
    return fail('approval.samePerson', { field: 'approvalIds' })
  const missing = subjects.find((subject) => !isApproved(subject, order, facts.refundFen, granted))
  return missing ? fail('approval.missing', { field: 'approvalIds', params: { subject: missing } }) : ok(undefined)
}
