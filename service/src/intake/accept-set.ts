import { ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobPayload, JobResult, Receipt } from '../../../src/shared/protocol/jobs.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { earlierReceipts, jobRow, type NotedRefusal, noteRefusals } from './job-rows.ts'
import { noteSequences } from './note-sequence.ts'
import { payloadOf, type ReadJob } from './read-job.ts'
import { type SetHandler, type SetKind, type SetMember, setHandlers } from './set-kinds.ts'
import { staffOfJobs } from './staff-of-jobs.ts'

/** Something in the set is not new although it looked so: a twin is being taken in, or a number or name is taken. Nothing was written. */
export class SetDisturbed extends Error {}

interface Fresh {
  envelope: JobEnvelope
  receipt: Receipt
  kind: SetKind
  member: SetMember<unknown, unknown>
}

function judge<K extends SetKind, Prepared>(
  context: ServiceContext,
  handler: SetHandler<K, Prepared>,
  { envelope, kind, staff }: { envelope: JobEnvelope; kind: K; staff: Result<Staff> },
): Result<{ payload: JobPayload<K>; prepared: Prepared; staff: Staff }> {
  if (!staff.ok) return staff
  const payload = payloadOf(envelope, kind)
  if (!payload.ok) return payload
  const prepared = handler.check(context, payload.value)
  return prepared.ok ? ok({ payload: payload.value, prepared: prepared.value, staff: staff.value }) : prepared
}

async function storeEffects(tx: Tx, fresh: readonly Fresh[]): Promise<void> {
  for (const [kind, handler] of Object.entries(setHandlers)) {
    const members = fresh.filter((one) => one.kind === kind).map(({ member }) => member)
    // Members were judged by the handler of their own kind; TypeScript cannot follow that across the table.
    if (members.length > 0 && !(await handler.store(tx, members as never))) throw new SetDisturbed()
  }
}

/**
 * Takes in papers and payments exactly once, all of them with about a dozen statements inside one transaction: who came before, who
 * is refused, and one insert per table for the rest, receipts included. Returns the results in the order of `jobs` and the lanes
 * refused ones have blocked. Throws `SetDisturbed` when the transaction must be rolled back and every job be looked at by itself.
 */
export async function acceptSet(
  tx: Tx,
  context: ServiceContext,
  device: Device,
  jobs: readonly { job: ReadJob; envelope: JobEnvelope; kind: SetKind }[],
  blocked: ReadonlySet<string>,
): Promise<JobResult[]> {
  const staff = await staffOfJobs(
    tx,
    device,
    jobs.map(({ envelope }) => envelope.staffId),
  )
  const earlier = await earlierReceipts(
    tx,
    jobs.map(({ job }) => job.id),
  )
  const now = context.clock.now()
  const blockedLanes = new Set(blocked)
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const results = jobs.map(({ job, envelope, kind }): JobResult => {
    const { id, bodySha256 } = job
    if (blockedLanes.has(envelope.lane)) return { id, outcome: 'blocked' }
    // A receipt once given stays given, even after the person has left or the rules have changed.
    const before = earlier(id, bodySha256)
    if (before?.ok) return { id, outcome: 'accepted', receipt: before.value }
    const handler = setHandlers[kind] as SetHandler<SetKind, unknown>
    const judged = before ?? judge(context, handler, { envelope, kind, staff: staff(envelope.staffId) })
    if (!judged.ok) {
      if (!before) refused.push({ envelope, bodySha256, code: judged.error.code })
      blockedLanes.add(envelope.lane)
      return { id, outcome: 'refused', error: judged.error }
    }
    const { payload } = judged.value
    const receipt: Receipt = { jobId: id, receivedAt: now, bodySha256, effect: handler.effect(payload) }
    fresh.push({ envelope, receipt, kind, member: { device, now, ...judged.value } })
    return { id, outcome: 'accepted', receipt }
  })
  const inserted = await insertRows(
    tx,
    'job',
    fresh.map(({ envelope, receipt }) => jobRow(device, envelope, receipt)),
  )
  if (inserted !== fresh.length) throw new SetDisturbed()
  await noteRefusals(tx, device, refused, now)
  const numbers = {
    accepted: fresh.map(({ envelope }) => envelope.sequence),
    refused: refused.map(({ envelope }) => envelope.sequence),
  }
  // The device's row before the audit chain, as a single job does: whoever locks in another order waits for ever.
  await noteSequences(tx, device.deviceId, numbers, now)
  await storeEffects(tx, fresh)
  return results
}
