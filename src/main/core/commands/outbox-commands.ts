import type { OutboxView } from '../../../shared/contract/views.ts'
import { fail, ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { markUnderWay, shownJobs } from '../outbox/outbox-table.ts'
import type { Handler } from './handler.ts'

const mostJobsShown = 500

async function outboxOf(context: Context, includeDone: boolean): Promise<OutboxView> {
  const limits = { waiting: mostJobsShown, done: includeDone ? mostJobsShown : 0 }
  const { jobs, ...counts } = await shownJobs(context.store, limits)
  return { jobs: markUnderWay(jobs, context.outbox.underWay()), ...counts }
}

/** What waits, first what needs a person; on request also what is done, newest first. */
export const listOutbox: Handler<'outbox.list'> = async ({ includeDone }, context) =>
  ok(await outboxOf(context, includeDone))

/** Lets a held or waiting job try again now. Errors: `job.notFound`, `job.notWaiting`. */
export const retryJob: Handler<'outbox.retry'> = async ({ jobId }, context, staff) => {
  const retried = await context.outbox.commit(async (tx) => {
    const released = await context.outbox.retry(tx, jobId)
    if (!released.ok) return released
    const { caseId } = released.value
    await writeAudit(tx, context.ports, { staffId: staff.staffId, action: 'outbox.retry', caseId, details: { jobId } })
    return released
  })
  if (!retried.ok) return retried
  context.events.emit({ name: 'case.changed', payload: retried.value })
  return ok(await outboxOf(context, false))
}

/**
 * Hands a held job to the store's supervisors, who see it first; whoever can help may still act on it.
 * Errors: `job.notFound`, `job.notWaiting` when it does not need a person.
 */
export const handOverJob: Handler<'outbox.handOver'> = async ({ jobId, reason }, context, staff) => {
  const { outbox, ports, events } = context
  const handed = await outbox.commit(async (tx) => {
    const row = await tx.get<{ state: string; lane: string }>('SELECT state, lane FROM outbox_job WHERE id = ?', [
      jobId,
    ])
    if (!row) return fail('job.notFound')
    if (row.state !== 'needs_attention') return fail('job.notWaiting')
    const note = { staffId: staff.staffId, staffName: staff.name, reason, at: ports.clock.now() }
    tx.run('UPDATE outbox_job SET handed = ? WHERE id = ?', [JSON.stringify(note), jobId])
    const details = { jobId }
    await writeAudit(tx, ports, { staffId: staff.staffId, action: 'outbox.handOver', caseId: row.lane, details })
    return ok({ caseId: row.lane })
  })
  if (!handed.ok) return handed
  events.emit({ name: 'case.changed', payload: handed.value })
  return ok(await outboxOf(context, false))
}
