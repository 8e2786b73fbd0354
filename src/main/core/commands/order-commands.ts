import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { beforePointOfNoReturn, isFinal } from '../../../shared/domain/order.ts'
import { refusedInvoice } from '../../../shared/domain/refused-invoice.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import type { OrderView } from '../../../shared/protocol/changes.ts'
import type { InvoiceReturn } from '../../../shared/protocol/jobs.ts'
import { readOrder } from '../cases/case-store.ts'
import { figuresAt } from '../cases/case-view.ts'
import { changeCase } from '../cases/change-case.ts'
import { checkContact, checkRefund } from '../cases/check-refund.ts'
import { enqueueAttachments } from '../cases/enqueue-attachments.ts'
import { orderIdOf } from '../cases/order-id.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../storage/store.ts'
import type { Handler } from './handler.ts'

function unlessFinal(order: OrderView | undefined): Result<void> {
  return order && isFinal(order.stage) ? fail('order.final') : ok(undefined)
}

/**
 * Asks to withdraw; works without the network, because the service decides whether it was in time.
 * Errors: `case.notSubmitted`, `order.final`, `order.pastNoReturn` when that is already known here.
 */
export const withdrawOrder: Handler<'order.withdraw'> = async ({ caseId, reason }, context, staff) =>
  changeCase(context, { caseId, action: 'order.withdraw', staff, state: 'submitted' }, async (case_, tx) => {
    const order = await readOrder(tx, caseId)
    const open = unlessFinal(order)
    if (!open.ok) return open
    if (order && !beforePointOfNoReturn(order.stage)) return fail('order.pastNoReturn')
    const orderId = orderIdOf(case_, order)
    if (!orderId.ok) return orderId
    await context.outbox.enqueue(tx, {
      lane: caseId,
      msisdn: case_.msisdn,
      kind: 'order.withdraw',
      payload: { orderId: orderId.value, cancellationReason: reason },
      staffId: staff.staffId,
    })
    return ok(case_)
  })

/** Asks the home province to hurry. Errors: `case.notSubmitted`, `order.final`. */
export const urgeOrder: Handler<'order.urge'> = async ({ caseId, reason }, context, staff) =>
  changeCase(context, { caseId, action: 'order.urge', staff, state: 'submitted' }, async (case_, tx) => {
    const order = await readOrder(tx, caseId)
    const open = unlessFinal(order)
    if (!open.ok) return open
    const orderId = orderIdOf(case_, order)
    if (!orderId.ok) return orderId
    await context.outbox.enqueue(tx, {
      lane: caseId,
      msisdn: case_.msisdn,
      kind: 'order.urge',
      payload: { orderId: orderId.value, reason },
      staffId: staff.staffId,
    })
    return ok(case_)
  })

/** An invoice the home province did not make void, as the paper really says. Errors: `order.notReturned`, `invoice.differs`. */
async function correctInvoices(
  context: Context,
  { case_, order, staffId }: { case_: Case; order: OrderView | undefined; staffId: string },
  invoices: InvoiceReturn[],
  tx: Transaction,
): Promise<Result<Case>> {
  const refused = refusedInvoice(order)
  if (!order || !refused) return fail('order.notReturned')
  // A case found again at the service knows of its invoices what the order says of the one that was refused.
  const known = case_.recalled ? [...case_.invoices, refused] : case_.invoices
  const other = invoices.find(
    ({ billId, amountFen }) => !known.some((one) => one.billId === billId && one.amountFen === amountFen),
  )
  if (other) return fail('invoice.differs', { field: 'corrections.invoices', params: { period: other.billId } })
  await context.outbox.enqueue(tx, {
    lane: case_.caseId,
    msisdn: case_.msisdn,
    kind: 'order.resupply',
    payload: { orderId: order.orderId, attachments: [], note: '', corrections: { invoices } },
    staffId,
  })
  const corrected = (one: InvoiceReturn) => invoices.find(({ billId }) => billId === one.billId) ?? one
  return ok({ ...case_, invoices: case_.invoices.map(corrected) })
}

/**
 * Hands in what the home province asked for: pictures taken since the papers came back, corrected request data, a note.
 * Errors: `case.notSubmitted`, `order.notReturned` (also when a resupply is already on its way), `contact.sameNumber`,
 * `refund.*`, `invoice.differs`, `order.attachmentMissing` when there is nothing to hand in.
 */
export const resupplyOrder: Handler<'order.resupply'> = async ({ caseId, note, corrections }, context, staff) =>
  changeCase(context, { caseId, action: 'order.resupply', staff, state: 'submitted' }, async (case_, tx, now) => {
    const order = await readOrder(tx, caseId)
    const underWay = await tx.get(
      "SELECT id FROM outbox_job WHERE lane = ? AND kind = 'order.resupply' AND state <> 'done'",
      [caseId],
    )
    if (underWay) return fail('order.notReturned')
    if (corrections?.invoices)
      return correctInvoices(context, { case_, order, staffId: staff.staffId }, corrections.invoices, tx)
    if (order?.stage !== 'returned' || order.figures) return fail('order.notReturned')
    const { rule } = progressOf(case_, context.ports.resources, figuresAt(case_, now)).asker
    const contact = corrections?.contact && checkContact(case_, corrections.contact)
    if (contact && !contact.ok) return contact
    const refund = corrections?.refund && checkRefund(case_, corrections.refund, rule)
    if (refund && !refund.ok) return refund
    const corrected = { ...(contact ? { contact: contact.value } : {}), ...(refund ? { refund: refund.value } : {}) }
    const hasCorrections = Object.keys(corrected).length > 0
    const attachments = await enqueueAttachments(tx, context, case_, staff.staffId)
    if (attachments.length === 0 && note === '' && !hasCorrections)
      return fail('order.attachmentMissing', { params: { kind: order.returnedFor?.params.kind ?? '' } })
    await context.outbox.enqueue(tx, {
      lane: caseId,
      msisdn: case_.msisdn,
      kind: 'order.resupply',
      payload: { orderId: order.orderId, attachments, note, ...(hasCorrections ? { corrections: corrected } : {}) },
      staffId: staff.staffId,
    })
    return ok({ ...case_, ...corrected })
  })
