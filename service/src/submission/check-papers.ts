import { secondRole } from '../../../src/shared/domain/asker.ts'
import { type PaperRules, papersNeeded } from '../../../src/shared/domain/papers.ts'
import { documentOfRole } from '../../../src/shared/domain/related-party.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { AttachmentRef, OrderSubmit } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import { devicesOf } from './check-approvals.ts'

/** Each paper named has been stored in this store for this case with the same kind and content. Error: `job.invalidReference`. */
export async function checkStored(
  tx: Tx,
  { caseId, storeId }: { caseId: string; storeId: string },
  attachments: readonly AttachmentRef[],
): Promise<Result<undefined>> {
  for (const [index, attachment] of attachments.entries()) {
    const stored = await tx
      .selectFrom('attachment')
      .select('attachment_id')
      .where('attachment_id', '=', attachment.attachmentId)
      .where('case_id', '=', caseId)
      .where('device_id', 'in', devicesOf(tx, storeId))
      .where('kind', '=', attachment.kind)
      .where('media_type', '=', attachment.mediaType)
      .where('sha256', '=', attachment.sha256)
      .executeTakeFirst()
    if (!stored) return fail('job.invalidReference', { field: `attachments.${index}` })
  }
  return ok(undefined)
}

/**
 * Every paper that the rules of the number's place want from this asker is there and stored. Errors: `order.attachmentMissing` with
 * `kind`, `asker.notAllowed`, `job.invalidReference`.
 */
export async function checkPapers(
  tx: Tx,
  order: Pick<OrderSubmit, 'caseId' | 'asker' | 'relatedParty' | 'attachments'>,
  rules: PaperRules,
  storeId: string,
): Promise<Result<undefined>> {
  const role = secondRole(order.asker)
  const needed = papersNeeded(rules, order.asker, {
    holder: documentOfRole(order.relatedParty, 'holder')?.identificationType,
    second: role && documentOfRole(order.relatedParty, role)?.identificationType,
  })
  if (!needed.ok) return needed
  const missing = needed.value.papers.find(
    ({ kind, photographed }) => photographed && !order.attachments.some((attachment) => attachment.kind === kind),
  )
  if (missing) return fail('order.attachmentMissing', { field: 'attachments', params: { kind: missing.kind } })
  return checkStored(tx, { caseId: order.caseId, storeId }, order.attachments)
}
