import type { Case } from '../../../shared/domain/case.ts'
import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { dropAttachments } from '../cases/attachments.ts'
import { changeCase } from '../cases/change-case.ts'
import { checkPerson } from '../cases/check-person.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Handler } from './handler.ts'

/** The case without what was proved, found and decided: who asks for it has become somebody else. */
export function unproved(case_: Case): Case {
  const { proof: _proof, preCheck: _preCheck, refund: _refund, ...unchecked } = withoutSignature(case_)
  return { ...unchecked, choices: [], approvals: [], acknowledgements: [], tasks: [], goneFindings: [] }
}

/**
 * Says who asks. Another asker voids proof, pre-check, approvals and signature, and puts away papers that the new one does not need
 * as well as the portrait, which was of somebody else. An asker whom the home province does not accept may be chosen, so that the screen
 * can say why; the case then stops there. Errors: `payment.alreadyTaken`, `case.*`.
 */
export const saveAsker: Handler<'case.saveAsker'> = async ({ caseId, asker }, context, staff) =>
  changeCase(context, { caseId, action: 'case.saveAsker', staff, details: { asker } }, (case_, tx, now) => {
    if ((case_.asker?.kind ?? 'holder') === asker) return ok(case_)
    const { paidFen } = progressOf(case_, context.ports.resources, now)
    if (paidFen > 0) return fail('payment.alreadyTaken')
    const next: Case = { ...unproved(case_), asker: { kind: asker } }
    const { asker: needed } = progressOf(next, context.ports.resources, now)
    const kept = new Set(needed.papers?.map((paper) => paper.kind))
    kept.delete('portrait')
    const surplus = case_.attachments.map(({ kind }) => kind).filter((kind) => !kept.has(kind))
    return ok(surplus.reduce((current, kind) => dropAttachments(tx, current, kind), next))
  })

/**
 * Saves the document of who asks for the holder. Another person voids what was proved for the one before. Errors: those of
 * `checkPerson`.
 */
export const saveSecond: Handler<'case.saveSecond'> = async ({ caseId, document, relation }, context, staff) =>
  changeCase(
    context,
    {
      caseId,
      action: 'case.saveSecond',
      staff,
      details: { entry: document.entry, manualReason: document.manualReason, manualNote: document.manualNote },
    },
    (case_, _tx, now) => {
      if (!case_.asker) return fail('asker.paperNotNeeded')
      const checked = checkPerson(context, case_, 'second', document, staff, now)
      if (!checked.ok) return checked
      const asker = { kind: case_.asker.kind, document: checked.value, ...(relation ? { relation } : {}) }
      if (JSON.stringify(case_.asker) === JSON.stringify(asker)) return ok(case_)
      const { proof: _, ...rest } = withoutSignature(case_)
      return ok({ ...rest, asker })
    },
  )
