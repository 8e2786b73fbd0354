import { shanghaiDate } from '../../../../src/shared/domain/calendar.ts'
import { finalBillPostings, refundOrderedPostings } from '../../../../src/shared/domain/ledger.ts'
import { fenFromLi } from '../../connectors/wire/li.ts'
import { postOrder, scopeOfOrder } from '../../ledger/post-to-ledger.ts'
import type { NewEvent } from '../change-order.ts'
import { queueSms, submissionOf } from '../queue-sms.ts'
import { again, homeOf, type Step } from './step.ts'

/** Stage `homeReview`, approved: ends every agreement the customer signed away. */
export const terminateAgreements: Step = async (context, order) => {
  const { agreements } = submissionOf(order)
  const events: NewEvent[] = []
  for (const { agreementId, quote } of agreements) {
    const answer = await context.homeBss.terminateAgreement(homeOf(order), agreementId, {
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

/** Stage `agreementsTerminated`: has the final bill made on demand. */
export const makeFinalBill: Step = async (context, order) => {
  const answer = await context.homeBss.finalBill(homeOf(order), {
    key: `final-bill:${order.order_id}`,
    orderId: order.order_id,
  })
  if (answer.outcome !== 'ok') return again(answer)
  const amountFen = fenFromLi(answer.value.amountLi)
  if (amountFen === undefined || answer.value.lines.some((line) => fenFromLi(line.amountLi) === undefined))
    return again({ outcome: 'unexpected' })
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
    change: { stage: 'settled', events: [{ code: 'finalBill', params: { billId: answer.value.billId, amountFen } }] },
    first: async (tx) => postOrder(tx, await scopeOfOrder(tx, order), postings, context.clock.now()),
  }
}

/** Stage `settled`: ends the line. Cash and deposit that are left go back to the holder on the way they chose. */
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
  const paidHere = refundFen > 0 && route === 'cash'
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
    also: (tx, changed) => queueSms(tx, context, changed, 'completed'),
  }
}
