import { type ShanghaiDate, shanghaiDate } from '../../../shared/domain/calendar.ts'
import type { Case } from '../../../shared/domain/case.ts'
import { rulesOfCase } from '../../../shared/domain/case-rules.ts'
import { firstFreeDay } from '../../../shared/domain/keep-until.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { standingPayments } from '../../../shared/domain/standing-payments.ts'
import { changeCase } from '../cases/change-case.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Handler } from './handler.ts'

/**
 * Postpones a case whose agreements are kept: it waits until the first day on which ending all of them costs nothing. Errors:
 * `case.preCheckMissing`, `case.nothingKept`, `payment.alreadyTaken` (money has to be given back first), and those of the quotes.
 */
export const postponeCase: Handler<'case.postpone'> = async ({ caseId }, context, staff) =>
  changeCase(context, { caseId, action: 'case.postpone', staff }, (case_, _tx, now) => {
    const account = case_.preCheck?.account
    if (!account) return fail('case.preCheckMissing')
    if (standingPayments(case_).length > 0) return fail('payment.alreadyTaken')
    const rules = rulesOfCase(case_, context.ports.resources, now)
    if (!rules.ok) return rules
    const kept = []
    for (const agreement of account.agreements) {
      if (!case_.choices.some((choice) => choice.agreementId === agreement.id && choice.option === 'keep')) continue
      const free = firstFreeDay(agreement, rules.value, shanghaiDate(now))
      if (!free.ok) return free
      kept.push({ agreementId: agreement.id, name: agreement.name, freeFrom: free.value })
    }
    if (kept.length === 0) return fail('case.nothingKept')
    const until = kept
      .map(({ freeFrom }) => freeFrom)
      .sort()
      .at(-1) as ShanghaiDate
    return ok({ ...withoutSignature(case_), state: 'postponed', postponed: { until, at: now, kept } })
  })

/**
 * Opens a postponed case again, when it is due or earlier: the document stays, everything that proves or depends on the day is asked
 * anew. Error: `case.notPostponed`.
 */
export const reopenCase: Handler<'case.reopen'> = async ({ caseId }, context, staff) => {
  const reopened = await changeCase(
    context,
    { caseId, action: 'case.reopen', staff, state: 'postponed' },
    (case_, tx) => {
      tx.run('DELETE FROM attachment WHERE case_id = ? AND job_id IS NULL', [caseId])
      const {
        proof: _proof,
        preCheck: _preCheck,
        postponed: _postponed,
        signature: _signature,
        refund: _refund,
        oneTimeCodeSentAt: _sent,
        ...kept
      } = case_
      const draft: Case = {
        ...kept,
        state: 'draft',
        acknowledgements: [],
        choices: [],
        approvals: [],
        invoices: [],
        attachments: [],
      }
      return ok(draft)
    },
  )
  return !reopened.ok && reopened.error.code === 'case.closed' ? fail('case.notPostponed') : reopened
}
