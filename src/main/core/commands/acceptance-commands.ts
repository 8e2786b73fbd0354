import { buildSignedForm, strokesText } from '../../../shared/documents/signed-form.ts'
import { instant } from '../../../shared/domain/calendar.ts'
import { quotesBindUntil } from '../../../shared/domain/penalty-quote.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { acceptanceOf } from '../cases/acceptance-of.ts'
import { dropAttachments, storeAttachment } from '../cases/attachments.ts'
import { readCase } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import type { Handler } from './handler.ts'

/** What the holder reads before signing. Errors: those of `acceptanceOf`, `case.closed`. */
export const viewAcceptance: Handler<'case.acceptance'> = async ({ caseId }, context) => {
  const case_ = await readCase(context.store, caseId)
  if (!case_) return fail('case.notFound')
  if (case_.state !== 'draft') return fail('case.closed')
  const acceptance = acceptanceOf(context, case_, instant(context.ports.clock.now()))
  if (!acceptance.ok) return acceptance
  const { html, documentSha256 } = acceptance.value
  return ok({ html, documentSha256 })
}

/**
 * Keeps the signature under the acceptance that was read: strokes, their hash, the document's hash, and the signed form
 * as a paper of the case. Errors: `case.amountChanged` when the acceptance is no longer the one that was read.
 */
export const signCase: Handler<'case.sign'> = async ({ caseId, strokes, documentSha256 }, context, staff) => {
  const { ports } = context
  return changeCase(context, { caseId, action: 'case.sign', staff, details: { documentSha256 } }, (case_, tx, at) => {
    const acceptance = acceptanceOf(context, case_, at)
    if (!acceptance.ok) return acceptance
    if (acceptance.value.documentSha256 !== documentSha256) return fail('case.amountChanged')
    const strokesSha256 = ports.sha256(strokesText(strokes))
    const form = buildSignedForm({
      acceptance: acceptance.value.html,
      documentSha256,
      strokesSha256,
      strokes,
      signedAt: at,
      asker: acceptance.value.progress.asker.kind,
      language: ports.settings.read().language,
    })
    const cleared = dropAttachments(tx, case_, 'signedForm')
    const content = new TextEncoder().encode(form)
    const paper = storeAttachment(tx, ports, { caseId, kind: 'signedForm', mediaType: 'text/html', content, at })
    return ok({
      ...cleared,
      attachments: [...cleared.attachments, paper],
      signature: {
        attachmentId: paper.attachmentId,
        documentSha256,
        strokesSha256,
        signedAt: at,
        signedTotalFen: acceptance.value.progress.settlement!.totalFen,
        rulePacks: [...acceptance.value.rules.packs],
        boundUntil: quotesBindUntil(acceptance.value.rules, at),
      },
    })
  })
}
