import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobPayload, JobResult, Receipt } from '../../../src/shared/protocol/jobs.ts'
import { burnProofs } from '../auth/burn-proofs.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { checkStanding, type SetAnswer, type SetDelivery } from './delivery.ts'
import { type EarlierReceipts, earlierReceipts, jobRow, type NotedRefusal, noteRefusals } from './job-rows.ts'
import { holdDevices, type KnownDevice, type NewNumbers, noteSequences } from './note-sequence.ts'
import { payloadOf } from './read-job.ts'
import { type SetHandler, type SetKind, type SetMember, setHandlers } from './set-kinds.ts'
import { type StaffOfJobs, staffOfJobs } from './staff-of-jobs.ts'

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

function admit(delivery: SetDelivery, held: KnownDevice | undefined, burnt: ReadonlySet<string>): Result<KnownDevice> {
  const { proof } = delivery
  if (proof && !burnt.has(proof.hash)) return fail('auth.proofInvalid', { params: { reason: 'replayed' } })
  return checkStanding(delivery, held)
}

interface Judged {
  results: JobResult[]
  fresh: Fresh[]
  refused: NotedRefusal[]
}

function judgeJobs(
  context: ServiceContext,
  { device, set, blocked }: SetDelivery,
  known: { earlier: EarlierReceipts; staff: StaffOfJobs; now: Receipt['receivedAt'] },
): Judged {
  const { earlier, staff, now } = known
  const blockedLanes = new Set(blocked)
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const results = set.map(({ job, envelope, kind }): JobResult => {
    const { id, bodySha256 } = job
    if (blockedLanes.has(envelope.lane)) return { id, outcome: 'blocked' }
    // A receipt once given stays given, even after the person has left or the rules have changed.
    const before = earlier(id, bodySha256)
    if (before?.ok) return { id, outcome: 'accepted', receipt: before.value }
    const handler = setHandlers[kind] as SetHandler<SetKind, unknown>
    const judged = before ?? judge(context, handler, { envelope, kind, staff: staff(device, envelope.staffId) })
    if (!judged.ok) {
      if (!before) refused.push({ device, envelope, bodySha256, code: judged.error.code })
      blockedLanes.add(envelope.lane)
      return { id, outcome: 'refused', error: judged.error }
    }
    const { payload } = judged.value
    const receipt: Receipt = { jobId: id, receivedAt: now, bodySha256, effect: handler.effect(payload) }
    fresh.push({ envelope, receipt, kind, member: { device, now, ...judged.value } })
    return { id, outcome: 'accepted', receipt }
  })
  return { results, fresh, refused }
}

/**
 * Takes in papers and payments of any number of counters exactly once, all of them with about a dozen statements inside one
 * transaction: proofs burnt, who came before, who is refused, and one insert per table for the rest, receipts included. At most one
 * delivery of a device. Answers in the order of the deliveries. Throws `SetDisturbed` when the transaction must be rolled back and
 * the deliveries be looked at one by one.
 */
export async function acceptSet(
  tx: Tx,
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
): Promise<SetAnswer[]> {
  const burnt = await burnProofs(
    tx,
    deliveries.flatMap(({ proof }) => proof ?? []),
  )
  const held = await holdDevices(
    tx,
    deliveries.map(({ device }) => device.deviceId),
  )
  const admitted = deliveries.map((delivery) => admit(delivery, held.get(delivery.device.deviceId), burnt))
  const jobs = deliveries.flatMap(({ set }, index) => (admitted[index]!.ok ? set : []))
  const staff = await staffOfJobs(
    tx,
    jobs.map(({ envelope }) => envelope.staffId),
  )
  const earlier = await earlierReceipts(
    tx,
    jobs.map(({ job }) => job.id),
  )
  const now = context.clock.now()
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const numbers: NewNumbers[] = []
  const answers = deliveries.map((delivery, index): SetAnswer => {
    const device = admitted[index]!
    if (!device.ok) return device
    const judged = judgeJobs(context, delivery, { earlier, staff, now })
    fresh.push(...judged.fresh)
    refused.push(...judged.refused)
    numbers.push({
      device: device.value,
      accepted: judged.fresh.map(({ envelope }) => envelope.sequence),
      refused: judged.refused.map(({ envelope }) => envelope.sequence),
    })
    return ok(judged.results)
  })
  const rows = fresh.map(({ member, envelope, receipt }) => jobRow(member.device, envelope, receipt))
  if ((await insertRows(tx, 'job', rows)) !== fresh.length) throw new SetDisturbed()
  await noteRefusals(tx, refused, now)
  await noteSequences(tx, numbers, now)
  await storeEffects(tx, fresh)
  return answers
}
