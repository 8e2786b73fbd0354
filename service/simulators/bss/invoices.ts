import { liFromFen } from '../../src/connectors/wire/li.ts'
import type { InvoiceVoidAnswer, InvoiceVoidRequest } from '../../src/connectors/wire/service-order.ts'
import type { OrderRecord } from './order-record.ts'
import { findLine, type HomeSystem, type Outcome, refusedOutcome } from './system.ts'

/** Makes an issued invoice void: its original came back, or a red-letter invoice takes its place. Name and amount may not differ. */
export function voidInvoice(
  system: HomeSystem,
  record: OrderRecord,
  billId: string,
  request: InvoiceVoidRequest,
): Outcome<InvoiceVoidAnswer> {
  const { world } = system
  if (record.state !== 'approved') return refusedOutcome('NOT_APPROVED', { state: record.state })
  const found = findLine(system, record.order.msisdn)
  if (!found.found) return { answer: found.refusal, events: [] }
  const bill = found.line.bills.find((candidate) => candidate.id === billId)
  if (!bill) return refusedOutcome('UNKNOWN_BILL', { billId })
  const earlier = world.voidedInvoices.get(billId)
  if (earlier) return { answer: earlier.answer, events: [] }
  if (!bill.invoiced) return refusedOutcome('NOT_INVOICED', { billId })
  if (request.amountLi !== liFromFen(bill.amountFen)) return refusedOutcome('AMOUNT_DIFFERS', { billId })
  if (request.holderName !== found.holder.name) return refusedOutcome('NAME_DIFFERS', { billId })
  const known = found.line.invoiceNumbers?.[billId]
  if (known !== undefined && request.invoiceNumber !== known) return refusedOutcome('NUMBER_DIFFERS', { billId })
  const at = system.now()
  const reference = `INV${system.province}${String(world.voidedInvoices.size + 1).padStart(8, '0')}`
  const answer: Extract<InvoiceVoidAnswer, { result: 'ok' }> = {
    result: 'ok',
    voidedAt: at,
    reference,
    ...(request.way === 'redLetter' ? { redInvoiceNumber: `R${request.invoiceNumber}` } : {}),
  }
  return {
    answer,
    events: [{ type: 'invoiceVoided', at, billId, orderId: record.order.orderId, request, answer }],
  }
}
