import { shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import { finalBillPostings, refundOrderedPostings } from '../../../../src/shared/domain/ledger.ts'
import { invoiceRefusedCode, type RefusedInvoice } from '../../../../src/shared/domain/refused-invoice.ts'
import { fenFromLi, liFromFen } from '../../connectors/wire/li.ts'
import type { ProductOrderTable } from '../../database/tables.ts'
import { postOrder, scopeOfOrder } from '../../ledger/post-to-ledger.ts'
import { orderRefundOut } from '../../payments/refund-out.ts'
import { layToRest } from '../../renewal/lay-to-rest.ts'
import type { ServiceContext } from '../../service-context.ts'
import { openTicket } from '../../tickets/tickets.ts'
import type { NewEvent } from '../change-order.ts'
import { queueSms } from '../queue-sms.ts'
import { firstSubmissionOf, submissionOf } from '../submission-of.ts'
import { again, homeOf, type Step, type StepResult } from './step.ts'
import { voidInvoices } from './void-invoices.ts'

/** Stage `homeReview`, approved: ends every agreement the customer signed away. */
export const terminateAgreements: Step = async (context, order) => {
  const { agreements } = submissionOf(order)
  const events: NewEvent[] = []
  const dispatched = new Map(firstSubmissionOf(order).agreements.map((one) => [one.agreementId, one]))
  for (const { agreementId, quote, waivedFen } of agreements) {
    const earlier = dispatched.get(agreementId)
    const same = earlier?.quote.amountFen === quote.amountFen && earlier.waivedFen === waivedFen
    const figures = same ? undefined : { penaltyLi: liFromFen(quote.amountFen), waivedLi: liFromFen(waivedFen) }
    const answer = await context.homeBss.terminateAgreement(homeOf(order), agreementId, figures, {
      key: `termination:${order.order_id}:${agreementId}`,
      orderId: order.order_id,
    })
    if (answer.outcome !== 'ok') return again(answer)
    events.push({ code: 'agreementTerminated', params: { agreementId, agreement: quote.agreementName } })
  }
  return { kind: 'change', next: 'now', change: { stage: 'agreementsTerminated', events } }
}

/** Li that were found to be a whole number of fen. */
function inFen(li: number): number {
  return fenFromLi(li)!
}

/** Charges the customer has accepted, less bills that their payments have made smaller already: the most a final bill may say. */
async function mostBilled(context: ServiceContext, order: ProductOrderTable): Promise<number> {
  const charges = ['bill', 'lateFee', 'unbilled', 'penalty', 'waiver']
  const { lines } = submissionOf(order).settlement
  const accepted = lines.reduce((sum, line) => sum + (charges.includes(line.kind) ? line.amountFen : 0), 0)
  const payments = await context.db
    .selectFrom('payment')
    .select('allocations')
    .where('order_id', '=', order.order_id)
    .execute()
  const bills = payments
    .flatMap((payment) => JSON.parse(payment.allocations) as { kind: string; amountFen: number }[])
    .filter(({ kind }) => kind === 'bill')
  return accepted - bills.reduce((sum, { amountFen }) => sum + amountFen, 0)
}

/**
 * A bill above what was accepted is not collected and the line not ended on it: the store's supervisors get a ticket, and the home
 * province is asked again until it says what was agreed.
 */
function billTooHigh(
  context: ServiceContext,
  order: ProductOrderTable,
  params: { amountFen: number; limitFen: number },
): StepResult {
  const asked = order.bill_asked ?? 0
  return {
    kind: 'change',
    next: Math.min(300, context.timing.retryLongestSeconds),
    change: {
      set: { bill_asked: asked + 1 },
      events: asked === 0 ? [{ code: 'finalBillTooHigh', params }] : [],
    },
    also: (tx) =>
      openTicket(tx, context, {
        storeId: order.store_id,
        kind: 'finalBillTooHigh',
        severity: 'stops',
        orderId: order.order_id,
        caseId: order.case_id,
        params,
      }),
  }
}

/** An invoice that is not taken is asked about again this often, should the home province put it right itself. */
const invoiceAgainSeconds = 3600

/**
 * The home province does not make an invoice void: the order waits for the store to correct it, the supervisors get a ticket, and the
 * home province is asked again every hour. Nothing is billed and the line not ended meanwhile.
 */
function invoiceRefused(
  context: ServiceContext,
  order: ProductOrderTable,
  refused: Required<RefusedInvoice>,
): StepResult {
  const params = { ...refused }
  const reason = JSON.stringify({ code: invoiceRefusedCode, params })
  // As an older version wrote it down, without the amount, it is known as well.
  const { amountFen: _, ...asBefore } = params
  const known = [reason, JSON.stringify({ code: invoiceRefusedCode, params: asBefore })].includes(
    order.returned_for ?? '',
  )
  return {
    kind: 'change',
    next: invoiceAgainSeconds,
    change: {
      set: { returned_for: reason, attempts: 0 },
      events: known ? [] : [{ code: 'invoiceRefused', params }],
    },
    also: (tx) =>
      openTicket(tx, context, {
        storeId: order.store_id,
        kind: 'invoiceRefused',
        severity: 'stops',
        orderId: order.order_id,
        caseId: order.case_id,
        params: { caseNumber: order.case_number, invoiceNumber: refused.invoiceNumber, homeCause: refused.cause },
      }),
  }
}

/** Stage `agreementsTerminated`: has invoices made void and the final bill made on demand. */
export const makeFinalBill: Step = async (context, order) => {
  const invoices = await voidInvoices(context, order)
  if (invoices.outcome === 'notVoided') return invoiceRefused(context, order, invoices.refused)
  if (invoices.outcome !== 'ok') return again(invoices)
  const answer = await context.homeBss.finalBill(homeOf(order), {
    // A bill that was too high is asked for anew, not repeated.
    key: ['final-bill', order.order_id, ...(order.bill_asked ? [order.bill_asked] : [])].join(':'),
    orderId: order.order_id,
  })
  if (answer.outcome !== 'ok') return again(answer)
  const amountFen = fenFromLi(answer.value.amountLi)
  if (amountFen === undefined || answer.value.lines.some((line) => fenFromLi(line.amountLi) === undefined))
    return again({ outcome: 'unexpected' })
  const limitFen = await mostBilled(context, order)
  if (amountFen > limitFen) return billTooHigh(context, order, { amountFen, limitFen })
  const postings = finalBillPostings({
    orderId: order.order_id,
    charges: answer.value.lines.flatMap(({ kind, ref, amountLi }) =>
      kind === 'paid' || kind === 'setOff' ? [] : [{ kind, ref, amountFen: inFen(amountLi) }],
    ),
    waivers: submissionOf(order).agreements.filter((agreement) => agreement.waivedFen > 0),
    setOffFen: -answer.value.lines.reduce((sum, line) => sum + (line.kind === 'setOff' ? inFen(line.amountLi) : 0), 0),
  })
  return {
    kind: 'change',
    next: 'now',
    change: {
      stage: 'settled',
      set: { returned_for: null },
      events: [
        ...invoices.voided.map(({ event }) => event),
        { code: 'finalBill', params: { billId: answer.value.billId, amountFen } },
      ],
    },
    first: async (tx) => {
      const scope = await scopeOfOrder(tx, order)
      for (const one of invoices.voided) await postOrder(tx, scope, one.postings, context.clock.now())
      await postOrder(tx, scope, postings, context.clock.now())
    },
  }
}

/**
 * Stage `settled`: ends the line. Cash and deposit that are left go back to the holder on the way they chose; with no way chosen nothing
 * was to go back, and what there is now was paid here before the figures fell.
 */
export const deactivateLine: Step = async (context, order) => {
  const answer = await context.homeBss.deactivate(homeOf(order), {
    key: `deactivation:${order.order_id}`,
    orderId: order.order_id,
  })
  if (answer.outcome !== 'ok') return again(answer)
  const { effectiveAt, agingUntil, refund } = answer.value
  const refundFen = fenFromLi(refund.cashLi + refund.depositLi)
  if (refundFen === undefined) return again({ outcome: 'unexpected' })
  const route = submissionOf(order).refund?.route
  // Who signed for no refund and gets one has paid too much at this counter, and gets it back at this counter.
  const paidHere = refundFen > 0 && (route === 'cash' || route === undefined)
  return {
    kind: 'change',
    next: 'never',
    change: {
      stage: 'deactivated',
      set: {
        effective_at: effectiveAt,
        aging_until: shanghaiDate(agingUntil),
        ...(refundFen > 0 ? { refund_fen: refundFen } : {}),
        ...(paidHere ? { owed_here_fen: refundFen } : {}),
      },
      events: [
        { code: 'deactivated', params: { effectiveAt } },
        ...(refundFen > 0
          ? [{ code: 'refundOrdered' as const, params: { amountFen: refundFen, ...(route ? { route } : {}) } }]
          : []),
      ],
    },
    first: async (tx) =>
      postOrder(
        tx,
        await scopeOfOrder(tx, order),
        refundOrderedPostings({ orderId: order.order_id, amountFen: refundFen, paidHere }),
        context.clock.now(),
      ),
    also: async (tx, changed) => {
      await orderRefundOut(tx, context, changed, { amountFen: refundFen, route })
      await layToRest(tx, context, changed)
      await queueSms(tx, context, changed, 'completed')
    },
  }
}
