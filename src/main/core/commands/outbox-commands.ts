import { ok } from '../../../shared/domain/result.ts'
import { writeAudit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { doneJobs, markUnderWay, waitingJobs } from '../outbox/outbox-table.ts'
import type { Handler } from './handler.ts'

const mostJobsShown = 500

async function jobs(context: Context, includeDone: boolean) {
  const waiting = markUnderWay(await waitingJobs(context.store, mostJobsShown), context.outbox.underWay())
  return [...waiting, ...(includeDone ? await doneJobs(context.store, mostJobsShown) : [])]
}

/** What waits, first what needs a person; on request also what is done, newest first. */
export const listOutbox: Handler<'outbox.list'> = async ({ includeDone }, context) =>
  ok({ jobs: await jobs(context, includeDone) })

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
  return ok({ jobs: await jobs(context, false) })
}
