import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Tx } from '../database/handle.ts'
import type { TroubleTicketTable } from '../database/tables.ts'
import type { CounterScene } from '../identity/scene.ts'
import { changeOrder } from '../orders/change-order.ts'
import type { ServiceContext } from '../service-context.ts'

/**
 * A supervisor read the terminal's slip again: the code of a payment the provider did not know is put right, and the provider asked at
 * once. Audited with both codes. Errors: `payment.notRefused` (the ticket is about no such payment, or not any more).
 */
export async function correctCode(
  tx: Tx,
  context: ServiceContext,
  scene: CounterScene,
  ticket: TroubleTicketTable,
  authorizationCode: string,
): Promise<Result<undefined>> {
  const { paymentId } = JSON.parse(ticket.params) as { paymentId?: string }
  const notRefused = () => fail('payment.notRefused', { field: 'authorizationCode' })
  if (ticket.kind !== 'paymentRefused' || !ticket.order_id || !paymentId) return notRefused()
  const order = await tx
    .selectFrom('product_order')
    .selectAll()
    .where('order_id', '=', ticket.order_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  const payment = await tx
    .selectFrom('payment')
    .select('authorization_code')
    .where('payment_id', '=', paymentId)
    .where('order_id', '=', order.order_id)
    .where('claim_state', '=', 'refused')
    .where('voided_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!payment) return notRefused()
  await tx
    .updateTable('payment')
    .set({ authorization_code: authorizationCode, claim_state: null, claim_code: null })
    .where('payment_id', '=', paymentId)
    .execute()
  await appendAudit(tx, {
    storeId: order.store_id,
    at: context.clock.now(),
    actor: scene.staff.staffId,
    deviceId: scene.device.deviceId,
    action: 'payment.codeCorrected',
    subject: paymentId,
    details: { caseId: order.case_id, from: payment.authorization_code ?? '', to: authorizationCode },
  })
  await changeOrder(tx, context, order, { events: [{ code: 'paymentCorrected' }], nextStepInSeconds: 0 })
  return ok(undefined)
}
