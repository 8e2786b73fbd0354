import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import type { PaymentTake } from '../../../shared/protocol/jobs.ts'
import { allocatePayment } from '../cases/allocate-payment.ts'
import { changeCase } from '../cases/change-case.ts'
import { refuseMissing } from '../cases/missing-sentence.ts'
import type { Handler } from './handler.ts'

/** What has to be settled before money may change hands, so that the figure does not move afterwards. */
const beforeMoney = new Set(['blocker', 'quote', 'hold', 'choice', 'keep', 'approval'])

/**
 * Books money that was taken for the home province, with its job, in one transaction: what is due and not paid, or a part of it.
 * Errors: `case.preCheckMissing`, `case.blocked`, `case.incomplete`, `approval.missing`, `payment.notNeeded`,
 * `payment.alreadyTaken`, `payment.amountDiffers`, `payment.authorizationMissing`.
 */
export const takePayment: Handler<'case.takePayment'> = async (input, context, staff) => {
  const { caseId, method, amountFen } = input
  const { ports, outbox } = context
  const tenderedFen = method === 'cash' ? input.tenderedFen : undefined
  const authorizationCode = method === 'cash' ? undefined : input.authorizationCode
  return changeCase(
    context,
    { caseId, action: 'case.takePayment', staff, details: { method, amountFen } },
    async (case_, tx, now) => {
      const { settlement, paidFen, missing } = progressOf(case_, ports.resources, now)
      if (!case_.preCheck || !settlement) return fail('case.preCheckMissing')
      const first = missing.filter((item) => beforeMoney.has(item.code))
      if (first.length > 0) return refuseMissing(first, ports.settings.read().language)
      if (settlement.payableFen === 0) return fail('payment.notNeeded')
      const dueFen = settlement.payableFen - paidFen
      if (dueFen <= 0) return fail('payment.alreadyTaken')
      if (amountFen <= 0 || amountFen > dueFen || (tenderedFen !== undefined && tenderedFen < amountFen))
        return fail('payment.amountDiffers', {
          field: 'amountFen',
          params: { due: dueFen, paid: tenderedFen ?? amountFen },
        })
      if (method !== 'cash' && (authorizationCode === undefined || authorizationCode.length < 4))
        return fail('payment.authorizationMissing', { field: 'authorizationCode' })
      const payment: PaymentTake = {
        paymentId: ports.ids.uuid(),
        caseId,
        msisdn: case_.msisdn,
        carrier: case_.preCheck.account.number.carrier,
        homeProvince: case_.preCheck.account.number.homeProvince,
        method,
        amountFen,
        ...(authorizationCode === undefined ? {} : { authorizationCode }),
        ...(tenderedFen === undefined ? {} : { tenderedFen }),
        receiptNumber: `${case_.caseNumber}-${case_.payments.length + 1}`,
        takenAt: now,
        allocations: allocatePayment(
          settlement,
          amountFen,
          standingPayments(case_).flatMap((earlier) => earlier.allocations),
        ),
      }
      await outbox.enqueue(tx, {
        lane: caseId,
        msisdn: case_.msisdn,
        kind: 'payment.take',
        payload: payment,
        staffId: staff.staffId,
      })
      return ok({ ...case_, payments: [...case_.payments, payment] })
    },
  )
}
