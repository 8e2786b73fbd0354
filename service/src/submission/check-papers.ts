import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { type AttachmentRef, attachmentKinds } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../service-context.ts'

/** Each paper named has been stored for this case with the same kind and content. Error: `job.invalidReference`. */
export async function checkStored(
  tx: Tx,
  caseId: string,
  attachments: readonly AttachmentRef[],
): Promise<Result<undefined>> {
  for (const [index, attachment] of attachments.entries()) {
    const stored = await tx
      .selectFrom('attachment')
      .select('attachment_id')
      .where('attachment_id', '=', attachment.attachmentId)
      .where('case_id', '=', caseId)
      .where('kind', '=', attachment.kind)
      .where('media_type', '=', attachment.mediaType)
      .where('sha256', '=', attachment.sha256)
      .executeTakeFirst()
    if (!stored) return fail('job.invalidReference', { field: `attachments.${index}` })
  }
  return ok(undefined)
}

/** All four kinds of paper are there and stored. Errors: `order.attachmentMissing` with `kind`, `job.invalidReference`. */
export async function checkPapers(
  tx: Tx,
  caseId: string,
  attachments: readonly AttachmentRef[],
): Promise<Result<undefined>> {
  const missing = attachmentKinds.find((kind) => !attachments.some((attachment) => attachment.kind === kind))
  if (missing) return fail('order.attachmentMissing', { field: 'attachments', params: { kind: missing } })
  return checkStored(tx, caseId, attachments)
}
