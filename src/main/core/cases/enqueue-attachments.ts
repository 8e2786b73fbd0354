import type { Case } from '../../../shared/domain/case.ts'
import type { AttachmentRef } from '../../../shared/protocol/jobs.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../storage/store.ts'

/** Enqueues every paper of a case that was not handed in yet, within the caller's transaction; answers their references. */
export async function enqueueAttachments(
  tx: Transaction,
  context: Pick<Context, 'outbox'>,
  case_: Case,
  staffId: string,
): Promise<AttachmentRef[]> {
  const rows = await tx.all<{ attachment_id: string }>(
    'SELECT attachment_id FROM attachment WHERE case_id = ? AND job_id IS NULL ORDER BY taken_at, attachment_id',
    [case_.caseId],
  )
  const references: AttachmentRef[] = []
  for (const row of rows) {
    const attachment = case_.attachments.find((candidate) => candidate.attachmentId === row.attachment_id)
    if (!attachment) continue
    const { takenAt: _, ...reference } = attachment
    const jobId = await context.outbox.enqueue(tx, {
      lane: case_.caseId,
      msisdn: case_.msisdn,
      kind: 'attachment.store',
      payload: { ...reference, caseId: case_.caseId },
      staffId,
    })
    tx.run('UPDATE attachment SET job_id = ? WHERE attachment_id = ?', [jobId, row.attachment_id])
    references.push(reference)
  }
  return references
}
