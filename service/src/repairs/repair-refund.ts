import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { RepairRequest } from '../../../src/shared/protocol/repairs.ts'
import type { RefundOutTable } from '../database/tables.ts'
import type { NewEvent } from '../orders/change-order.ts'
import { askAgain, settleRefund } from '../payments/refund-out.ts'
import type { PreparedRepair, RepairScene } from './repair-scene.ts'

type RefundRepair = Extract<
  RepairRequest,
  { action: 'askRefundAgain' | 'sendRefundAgain' | 'refundPaid' | 'refundNotPaid' }
>

/** What the store's own word for an unpaid refund is called where a provider's reason would stand. */
const notPaid = 'NOT_PAID'

function worked({ refund_id: refundId, amount_fen: amountFen, state }: RefundOutTable, event: NewEvent) {
  return {
    change: { events: [event], nextStepInSeconds: null },
    audit: { refundId, amountFen, state, ...(event.params?.reference ? { reference: event.params.reference } : {}) },
  }
}

/**
 * Works out a repair of a refund that hangs at the payment provider; a question to the provider that is under way meanwhile is overtaken
 * and writes nothing. Error: `repair.refundSettled`, when the provider has answered after all.
 */
export async function prepareRefundRepair(
  { tx, context, order }: RepairScene,
  request: RefundRepair,
): Promise<Result<PreparedRepair>> {
  const refund = await tx
    .selectFrom('refund_out')
    .selectAll()
    .where('order_id', '=', order.order_id)
    .where('next_step_at', 'is not', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!refund) return fail('repair.refundSettled', { field: 'action' })
  const { amount_fen: amountFen, route } = refund
  switch (request.action) {
    case 'askRefundAgain':
      return ok({ ...worked(refund, { code: 'retriedByHand' }), first: () => askAgain(tx, context, refund) })
    case 'sendRefundAgain':
      return ok({
        ...worked(refund, { code: 'refundSentAgain', params: { amountFen, route } }),
        first: () => askAgain(tx, context, refund, { state: 'ordered' }),
      })
    case 'refundPaid': {
      const { reference } = request
      return ok({
        ...worked(refund, { code: 'refundSettledByHand', params: { amountFen, route, reference } }),
        first: () => settleRefund(tx, context, order, refund, { kind: 'paid', reference }),
      })
    }
    case 'refundNotPaid':
      return ok({
        change: { nextStepInSeconds: null },
        audit: worked(refund, { code: 'refundFailed' }).audit,
        first: () => settleRefund(tx, context, order, refund, { kind: 'failed', code: notPaid, reference: null }),
      })
  }
}
