import { progressOf } from '../../../shared/domain/case-progress.ts'
import { fail, ok, type Result } from '../../../shared/domain/result.ts'
import { attachmentViews } from '../../../shared/protocol/attachment-views.ts'
import type { AttachmentKind } from '../../../shared/protocol/jobs.ts'
import { fromBase64 } from '../base64.ts'
import { checkPicture, dropAttachments, storeAttachment } from '../cases/attachments.ts'
import { readCase, readOrder } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Context } from '../context.ts'
import type { Handler } from './handler.ts'

/** Both sides and the portrait may always be taken: more than is needed does no harm, and nobody has to know which it is. */
const always: ReadonlySet<AttachmentKind> = new Set(['documentFront', 'documentBack', 'portrait'])

/** The picture from the station, or the file the clerk chose. Errors: `picture.*`. */
export async function contentOf(
  context: Context,
  kind: Exclude<AttachmentKind, 'signedForm'>,
  file: { contentBase64: string } | undefined,
): Promise<Result<Uint8Array>> {
  if (file) {
    const content = fromBase64(file.contentBase64)
    return content ? ok(content) : fail('picture.unreadable')
  }
  const station = context.ports.captureStation
  if (!station) return fail('picture.noStation')
  const taken = await station.take(attachmentViews[kind])
  return taken.ok ? ok(taken.value.content) : taken
}

/**
 * Takes a picture from the capture station, or the file the clerk chose. In a draft it replaces the earlier one of its
 * kind, and another portrait voids the proof it was compared for; with papers returned it is kept for the resupply.
 * Errors: `picture.*`, `asker.paperNotNeeded`, `order.notReturned`, `case.closed`.
 */
export const capture: Handler<'case.capture'> = async ({ caseId, kind, file }, context, staff) => {
  const known = await readCase(context.store, caseId)
  if (!known) return fail('case.notFound')
  if (known.state === 'abandoned') return fail('case.closed')
  if (known.state === 'submitted' && (await readOrder(context.store, caseId))?.stage !== 'returned')
    return fail('order.notReturned')
  const content = await contentOf(context, kind, file)
  if (!content.ok) return content
  const mediaType = checkPicture(content.value)
  if (!mediaType.ok) return mediaType
  const source = file ? 'file' : 'station'
  return changeCase(
    context,
    { caseId, action: 'case.capture', staff, state: known.state, details: { kind, source } },
    async (case_, tx, at) => {
      const paper = { caseId, kind, mediaType: mediaType.value, content: content.value, at }
      if (case_.state === 'submitted') {
        // A picture taken again before the resupply replaces only what was not handed in yet.
        tx.run('DELETE FROM attachment WHERE case_id = ? AND kind = ? AND job_id IS NULL', [caseId, kind])
        const kept = await tx.all<{ attachment_id: string }>('SELECT attachment_id FROM attachment WHERE case_id = ?', [
          caseId,
        ])
        const attachments = case_.attachments.filter((paper) =>
          kept.some((row) => row.attachment_id === paper.attachmentId),
        )
        return ok({ ...case_, attachments: [...attachments, storeAttachment(tx, context.ports, paper)] })
      }
      const { papers } = progressOf(case_, context.ports.resources, at).asker
      if (papers && !always.has(kind) && !papers.some((needed) => needed.kind === kind))
        return fail('asker.paperNotNeeded')
      const before = case_.attachments.find((attachment) => attachment.kind === kind)
      const cleared = dropAttachments(tx, case_, kind)
      const attachment = storeAttachment(tx, context.ports, paper)
      const next = { ...cleared, attachments: [...cleared.attachments, attachment] }
      if (kind !== 'portrait' || before?.sha256 === attachment.sha256) return ok(next)
      const { proof: _, ...unproved } = next
      return ok(unproved)
    },
  )
}
