import { portraitToRepair } from '../../../shared/domain/proof-level.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { checkPicture, storeAttachment } from '../cases/attachments.ts'
import { readCase } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import { contentOf } from './capture-command.ts'
import type { Handler } from './handler.ts'

/**
 * Supplies the portrait of a submitted case whose face was compared by eye because the police library held none: kept with the case and
 * sent to the service as a paper of its own, also without the network and after the order has ended. Errors: `case.notSubmitted`,
 * `case.recalled`, `order.portraitNotAsked` (compared by machine, or supplied already), `picture.*`.
 */
export const supplyPortrait: Handler<'order.supplyPortrait'> = async ({ caseId, file }, context, staff) => {
  const known = await readCase(context.store, caseId)
  if (!known) return fail('case.notFound')
  if (known.state !== 'submitted') return fail('case.notSubmitted')
  if (known.recalled && !known.proof) return fail('case.recalled')
  if (!known.proof || !portraitToRepair(known.proof) || known.portraitSupplied) return fail('order.portraitNotAsked')
  const content = await contentOf(context, 'portrait', file)
  if (!content.ok) return content
  const mediaType = checkPicture(content.value)
  if (!mediaType.ok) return mediaType
  const details = { source: file ? 'file' : 'station' }
  return changeCase(
    context,
    { caseId, action: 'order.supplyPortrait', staff, state: 'submitted', details },
    async (case_, tx, at) => {
      if (case_.portraitSupplied) return fail('order.portraitNotAsked')
      const paper = storeAttachment(tx, context.ports, {
        caseId,
        kind: 'portrait',
        mediaType: mediaType.value,
        content: content.value,
        at,
      })
      const { takenAt: _, ...reference } = paper
      const jobId = await context.outbox.enqueue(tx, {
        lane: caseId,
        msisdn: case_.msisdn,
        kind: 'attachment.store',
        payload: { ...reference, caseId },
        staffId: staff.staffId,
      })
      tx.run('UPDATE attachment SET job_id = ? WHERE attachment_id = ?', [jobId, paper.attachmentId])
      return ok({
        ...case_,
        attachments: [...case_.attachments, paper],
        portraitSupplied: { at, staffId: staff.staffId, attachmentId: paper.attachmentId },
      })
    },
  )
}
