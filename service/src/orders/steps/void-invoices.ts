import { type Posting, redLetterPostings } from '../../../../src/shared/domain/ledger.ts'
import type { RefusedInvoice } from '../../../../src/shared/domain/refused-invoice.ts'
import { holderOf } from '../../../../src/shared/domain/related-party.ts'
import type { InvoiceReturn } from '../../../../src/shared/protocol/jobs.ts'
import type { OutsideAnswer } from '../../connectors/outside-call.ts'
import { liFromFen } from '../../connectors/wire/li.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import type { ServiceContext } from '../../service-context.ts'
import type { NewEvent } from '../change-order.ts'
import { firstSubmissionOf, submissionOf } from '../submission-of.ts'
import { homeOf } from './step.ts'

/** An invoice the home province has made void: what goes into the ledger and into the order's timeline. */
export interface VoidedInvoice {
  postings: Posting[]
  event: NewEvent
}

/**
 * Makes the invoices void that a refund concerns; each is asked for once by its key, however often the step is taken. Stops at the
 * first answer that is not `ok` and gives it back; `notVoided` where the home province does not take an invoice.
 */
export async function voidInvoices(
  context: ServiceContext,
  order: ProductOrderTable,
): Promise<
  | { outcome: 'ok'; voided: VoidedInvoice[] }
  | { outcome: 'notVoided'; refused: Required<RefusedInvoice> }
  | Exclude<OutsideAnswer<never>, { outcome: 'ok' | 'refused' }>
> {
  const submission = submissionOf(order)
  const first = firstSubmissionOf(order).invoices
  // A corrected invoice is another question; an unchanged one is the question it was.
  const keyOf = ({ billId, way, invoiceNumber }: Pick<InvoiceReturn, 'billId' | 'way' | 'invoiceNumber'>) => {
    const same = first.some((one) => one.billId === billId && one.way === way && one.invoiceNumber === invoiceNumber)
    return [`invoice:${order.order_id}:${billId}`, ...(same ? [] : [way, invoiceNumber])].join(':')
  }
  const voided: VoidedInvoice[] = []
  for (const { billId, way, invoiceNumber, amountFen } of submission.invoices) {
    const answer = await context.homeBss.voidInvoice(
      homeOf(order),
      billId,
      { way, invoiceNumber, holderName: holderOf(submission).name, amountLi: liFromFen(amountFen) },
      { key: keyOf({ billId, way, invoiceNumber }), orderId: order.order_id },
    )
    if (answer.outcome === 'refused')
      return { outcome: 'notVoided', refused: { billId, invoiceNumber, amountFen, cause: answer.code } }
    if (answer.outcome !== 'ok') return answer
    const { redInvoiceNumber, reference } = answer.value
    voided.push({
      postings: redLetterPostings({ orderId: order.order_id, billId, amountFen }),
      event: {
        code: 'invoiceVoided',
        params: { billId, way, invoiceNumber, amountFen, reference, ...(redInvoiceNumber ? { redInvoiceNumber } : {}) },
      },
    })
  }
  return { outcome: 'ok', voided }
}
