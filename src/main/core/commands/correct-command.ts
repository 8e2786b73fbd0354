import { fail, ok } from '../../../shared/domain/result.ts'
import { failureSchema } from '../../../shared/protocol/jobs.ts'
import { readOrder } from '../cases/case-store.ts'
import { changeCase } from '../cases/change-case.ts'
import { withoutSignature } from '../cases/without-signature.ts'
import { isCorrectable, withoutRefused } from '../outbox/correctable.ts'
import type { JobRow } from '../outbox/outbox-table.ts'
import type { Handler } from './handler.ts'

/**
 * Leads a refused submission back to its case: the case is a draft again with its payments, the signature is void, what the refusal
 * says is not valid is asked for again. The refused job, and what was to follow it, are closed with a note and stay on record; what is
 * submitted next takes their place in the lane. Errors: `job.notFound`, `job.notCorrectable`, `case.closed`.
 */
export const correctJob: Handler<'outbox.correct'> = async ({ jobId }, context, staff) => {
  const held = await context.store.get<JobRow>('SELECT * FROM outbox_job WHERE id = ?', [jobId])
  if (!held) return fail('job.notFound')
  const error = failureSchema.safeParse(JSON.parse(held.last_error ?? 'null'))
  const code = error.success ? error.data.code : undefined
  if (!code || !isCorrectable({ kind: held.kind, state: held.state, code })) return fail('job.notCorrectable')
  const what = { caseId: held.lane, action: 'outbox.correct', staff, details: { jobId, code } }
  return changeCase(context, { ...what, state: 'submitted' }, async (case_, tx, now) => {
    const open = await tx.all<Pick<JobRow, 'id' | 'kind' | 'state'>>(
      "SELECT id, kind, state FROM outbox_job WHERE lane = ? AND state <> 'done' ORDER BY sequence",
      [held.lane],
    )
    // Once the service has the order it is no longer ours to change; a customer who withdraws wants no correction.
    const isOurs = open.some((job) => job.kind === 'order.submit') && !(await readOrder(tx, held.lane))
    const stillHeld = open.some((job) => job.id === jobId && job.state === 'needs_attention')
    if (!isOurs || !stillHeld || open.some((job) => job.kind === 'order.withdraw')) return fail('job.notCorrectable')
    const closed = open.filter((job) => job.id === jobId || job.kind.startsWith('order.')).map((job) => job.id)
    tx.run(
      `UPDATE outbox_job SET state = 'done', done_at = ?, closed = ?
       WHERE id IN (SELECT value FROM json_each(?)) AND state <> 'done'`,
      [now, JSON.stringify({ reason: 'corrected', staffId: staff.staffId, at: now }), JSON.stringify(closed)],
    )
    const { orderId: _, submittedAt: __, ...draft } = withoutRefused(withoutSignature(case_), code)
    const refusedPaper =
      held.kind === 'attachment.store'
        ? (JSON.parse(held.payload) as { attachmentId?: string }).attachmentId
        : undefined
    return ok({
      ...draft,
      state: 'draft',
      attachments: draft.attachments.filter((attachment) => attachment.attachmentId !== refusedPaper),
    })
  })
}
