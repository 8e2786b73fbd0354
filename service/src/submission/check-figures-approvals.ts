import { answersFigures, type NewFigures } from '../../../src/shared/domain/recheck.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import { devicesOf } from './check-approvals.ts'

/**
 * Everything new figures ask a second person for has been signed for after the order was handed in, for exactly these sums, and by
 * somebody else than who hands the acceptance in. Errors: `approval.missing` with `subject`, `approval.samePerson`.
 */
export async function checkFiguresApprovals(
  tx: Tx,
  order: Pick<ProductOrderTable, 'case_id' | 'created_at' | 'store_id'>,
  figures: NewFigures,
  handedIn: { approvalIds: readonly string[]; staffId: string },
): Promise<Result<undefined>> {
  if (figures.approvals.length === 0) return ok(undefined)
  const given =
    handedIn.approvalIds.length === 0
      ? []
      : await tx
          .selectFrom('approval')
          .select(['subject', 'agreement_id', 'waived_fen', 'amount_fen', 'approver_id'])
          .where('case_id', '=', order.case_id)
          .where('approval_id', 'in', [...handedIn.approvalIds])
          .where('approved_at', '>=', order.created_at)
          .where('device_id', 'in', devicesOf(tx, order.store_id))
          .execute()
  if (given.some((one) => one.approver_id === handedIn.staffId))
    return fail('approval.samePerson', { field: 'approvalIds' })
  const missing = figures.approvals.find(
    (asked) =>
      !given.some((one) =>
        answersFigures(asked, {
          subject: one.subject,
          agreementId: one.agreement_id ?? undefined,
          waivedFen: one.waived_fen ?? undefined,
          amountFen: one.amount_fen ?? undefined,
        }),
      ),
  )
  return missing
    ? fail('approval.missing', { field: 'approvalIds', params: { subject: missing.subject } })
    : ok(undefined)
}
