import type { Case } from '../../../shared/domain/case.ts'
import type { IdentityDocument } from '../../../shared/domain/identity-document.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import { toBase64 } from '../base64.ts'
import { changeCase } from '../cases/change-case.ts'
import { checkPerson } from '../cases/check-person.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import type { Handler } from './handler.ts'

function samePerson(a: IdentityDocument, b: IdentityDocument): boolean {
  return a.identificationType === b.identificationType && a.identificationId === b.identificationId && a.name === b.name
}

/** The case as it stands after its document became another one: what was proved and found for the old one is void. */
function withDocument(case_: Case, document: IdentityDocument): Case {
  const before = case_.document
  if (before && JSON.stringify(before) === JSON.stringify(document)) return case_
  const { proof: _proof, ...unproved } = withoutSignature(case_)
  if (!before || samePerson(before, document)) return { ...unproved, document }
  const { preCheck: _preCheck, refund: _refund, ...unchecked } = unproved
  return { ...unchecked, document, choices: [], approvals: [], acknowledgements: [], tasks: [], goneFindings: [] }
}

/** Saves the identity document after checking it. Errors: those of `checkPerson`. */
export const saveDocument: Handler<'case.saveDocument'> = async ({ caseId, document }, context, staff) => {
  return changeCase(
    context,
    {
      caseId,
      action: 'case.saveDocument',
      staff,
      details: { entry: document.entry, manualReason: document.manualReason, manualNote: document.manualNote },
    },
    (case_, _tx, now) => {
      const checked = checkPerson(context, case_, 'holder', document, staff, now)
      return checked.ok ? ok(withDocument(case_, checked.value)) : checked
    },
  )
}

/**
 * The content of a paper, while it is here: once the service has it, nobody looks at it here any more; it is kept
 * only for a service that might forget it. Looking at it is
 * * written into the audit chain. Error: `picture.notHere`.
 */
export const readAttachment: Handler<'case.attachment'> = async ({ caseId, attachmentId }, context, staff) => {
  const { outbox, ports } = context
  return outbox.commit(async (tx) => {
    const row = await tx.get<{ media_type: string; kind: string; content: Uint8Array | null }>(
      `SELECT media_type, kind, content FROM attachment WHERE attachment_id = ? AND case_id = ?
       AND NOT EXISTS (SELECT 1 FROM outbox_job WHERE outbox_job.id = attachment.job_id AND outbox_job.state = 'done')`,
      [attachmentId, caseId],
    )
    if (!row?.content) return fail('picture.notHere')
    await writeAudit(tx, ports, {
      staffId: staff.staffId,
      action: 'case.attachment',
      caseId,
      details: { kind: row.kind },
    })
    return ok({ mediaType: row.media_type, contentBase64: toBase64(row.content) })
  })
}
