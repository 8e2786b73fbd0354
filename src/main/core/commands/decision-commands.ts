import type { Instant } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { readCase } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

/** Refuses a decision after which less would be due than was already taken; money is not given back by a click. */
function unlessOverpaid(context: Context, next: Case, now: Instant): Result<Case> {
  const { settlement, paidFen } = progressOf(next, context.ports.resources, now)
  return settlement && paidFen > settlement.payableFen ? fail('payment.alreadyTaken') : ok(next)
}

/**
 * What the customer decides about one agreement. Deciding anew voids the waiver that was granted for it and the
 * signature. Errors: `case.preCheckMissing`, `case.agreementUnknown`, `quote.*`, `waiver.tooLarge`, `payment.alreadyTaken`.
 */
export const chooseAgreement: Handler<'case.chooseAgreement'> = async (input, context, staff) => {
  const { caseId, agreementId, option, devicesReturned, requestedWaiverFen } = input
  return changeCase(
    context,
    { caseId, action: 'case.chooseAgreement', staff, details: { agreementId, option, devicesReturned } },
    (case_, _tx, now) => {
      if (!case_.preCheck) return fail('case.preCheckMissing')
      const agreement = case_.preCheck.account.agreements.find(({ id }) => id === agreementId)
      if (!agreement) return fail('case.agreementUnknown', { field: 'agreementId' })
      if (devicesReturned > agreement.devices.length)
        return fail('request.malformed', { field: 'devicesReturned', params: { field: 'devicesReturned' } })
      const waiver = option === 'waiver'
      if (waiver && !(requestedWaiverFen && requestedWaiverFen > 0))
        return fail('request.malformed', { field: 'requestedWaiverFen', params: { field: 'requestedWaiverFen' } })
      const choice = {
        agreementId,
        option,
        devicesReturned,
        ...(waiver ? { requestedWaiverFen } : {}),
        chosenAt: now,
      }
      const next: Case = {
        ...withoutSignature(case_),
        choices: [...case_.choices.filter((other) => other.agreementId !== agreementId), choice],
        approvals: case_.approvals.filter(
          (approval) => approval.subject !== 'waiver' || approval.agreementId !== agreementId,
        ),
      }
      const priced = progressOf(next, context.ports.resources, now).quotes.find((q) => q.agreementId === agreementId)
      if (priced?.error) return { ok: false, error: priced.error }
      const hold = priced?.quote?.hold
      if (hold && option !== 'keep')
        return fail('quote.held', { params: { agreement: agreement.name, until: hold.until } })
      const amountFen = priced?.quote?.amountFen
      // What costs nothing today need not be waited for, unless something holds it.
      if (option === 'keep' && amountFen === 0 && !hold)
        return fail('request.malformed', { field: 'option', params: { field: 'option' } })
      if (waiver && amountFen !== undefined && requestedWaiverFen! > amountFen)
        return fail('waiver.tooLarge', { field: 'requestedWaiverFen', params: { amount: amountFen } })
      const { quote } = priced ?? {}
      const quoted = quote && { amountFen: quote.amountFen, packs: quote.packs }
      const noted = {
        ...next,
        choices: next.choices.map((one) => (one === choice && quoted ? { ...one, quoted } : one)),
      }
      return unlessOverpaid(context, noted, now)
    },
  )
}

/**
 * A second person signs for one thing with their own password, checked by the service. Errors: `approval.*`,
 * `waiver.tooLarge`, `auth.locked`, `connection.*`.
 */
export const approve: Handler<'case.approve'> = async (input, context, staff) => {
  const { caseId, subject, agreementId, reason, approver } = input
  const { ports, service, store } = context
  const case_ = await readCase(store, caseId)
  if (!case_) return fail('case.notFound')
  if (case_.state !== 'draft') return fail('case.closed')
  const progress = progressOf(case_, ports.resources, ports.clock.now() as Instant)
  const needed = progress.approvalsNeeded.find(
    (approval) => approval.subject === subject && (subject !== 'waiver' || approval.agreementId === agreementId),
  )
  if (!needed || needed.granted) return fail('approval.notNeeded', { field: 'subject' })
  if (approver.staffId === staff.staffId) return fail('approval.samePerson', { field: 'approver.staffId' })
  const choice = case_.choices.find((made) => made.agreementId === agreementId)
  const waivedFen = subject === 'waiver' ? (input.waivedFen ?? choice?.requestedWaiverFen) : undefined
  const penalty = progress.quotes.find((quote) => quote.agreementId === agreementId)?.quote?.amountFen
  if (waivedFen !== undefined && penalty !== undefined && waivedFen > penalty)
    return fail('waiver.tooLarge', { field: 'waivedFen', params: { amount: penalty } })
  const answer = await service.call('approve', {
    body: {
      caseId,
      subject,
      reason,
      approver,
      ...(subject === 'waiver' ? { agreementId, waivedFen } : {}),
      ...(subject === 'largeRefund' ? { amountFen: needed.amountFen } : {}),
    },
  })
  if (!answer.ok) return answer
  const approval = answer.value
  if (approval.caseId !== caseId || approval.subject !== subject) return fail('service.internal')
  const details = { subject, approver: approval.approverId, waivedFen }
  return changeCase(context, { caseId, action: 'case.approve', staff, details }, (current, _tx, now) =>
    unlessOverpaid(context, { ...withoutSignature(current), approvals: [...current.approvals, approval] }, now),
  )
}
