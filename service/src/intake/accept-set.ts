import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobPayload, JobResult, Receipt } from '../../../src/shared/protocol/jobs.ts'
import { lengthenChains } from '../audit/append-audit.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import { checkStanding, type SetAnswer, type SetDelivery } from './delivery.ts'
import { type EarlierReceipts, jobRow, type NotedRefusal, noteRefusals } from './job-rows.ts'
import { type NewNumbers, noteGaps, reckonNumbers } from './note-sequence.ts'
import { openSet, type WhenHeld } from './open-set.ts'
import { payloadOf } from './read-job.ts'
import { type EffectRows, type SetHandler, type SetKind, type SetMember, setHandlers } from './set-kinds.ts'
import type { StaffOfJobs } from './staff-of-jobs.ts'
import { writeSet } from './write-set.ts'

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

/** What every new job leaves behind besides its own row. */
function effectsOf(fresh: readonly Fresh[]): EffectRows[] {
  return fresh.map(({ kind, member }) => {
    // Members were judged by the handler of their own kind; TypeScript cannot follow that across the table.
    const handler = setHandlers[kind] as SetHandler<SetKind, unknown>
    return handler.rows(member as never)
  })
}

function isReplayed({ proof, proofBurnt }: SetDelivery, burnt: ReadonlySet<string>): boolean {
  return proof !== undefined && !proofBurnt && !burnt.has(proof.hash)
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
 * Takes in papers and payments of any number of counters exactly once inside one transaction: one statement to know everything, one to
 * write everything, receipts included. At most one delivery of a device. Answers in the order of the deliveries; `held`: left out,
 * its device is held by somebody else, its proof is burnt. Throws `SetDisturbed` when the transaction must be rolled back and the deliveries be looked at one by one.
 */
export async function acceptSet(
  tx: Tx,
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
  whenHeld: WhenHeld = 'wait',
): Promise<(SetAnswer | 'held')[]> {
  const opened = await openSet(tx, deliveries, whenHeld)
  const now = context.clock.now()
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const numbers: NewNumbers[] = []
  const answers = deliveries.map((delivery): SetAnswer | 'held' => {
    const known = opened.devices.get(delivery.device.deviceId)
    const replayed = isReplayed(delivery, opened.burnt)
    if (!replayed && !known && whenHeld === 'skip') return 'held'
    const device = replayed
      ? fail('auth.proofInvalid', { params: { reason: 'replayed' } })
      : checkStanding(delivery, known)
    if (!device.ok) return device
    const judged = judgeJobs(context, delivery, { ...opened, now })
    fresh.push(...judged.fresh)
    refused.push(...judged.refused)
    numbers.push({
      device: device.value,
      accepted: judged.fresh.map(({ envelope }) => envelope.sequence),
      refused: judged.refused.map(({ envelope }) => envelope.sequence),
    })
    return ok(judged.results)
  })
  const effects = effectsOf(fresh)
  const { entries, tails } = lengthenChains(
    opened.heads,
    effects.flatMap(({ act }) => act ?? []),
  )
  const { accounts, missing, arrived } = reckonNumbers(numbers)
  const allNew = await writeSet(tx, {
    job: fresh.map(({ member, envelope, receipt }) => jobRow(member.device, envelope, receipt)),
    payment: effects.flatMap(({ payment }) => payment ?? []),
    attachment: effects.flatMap(({ attachment }) => attachment ?? []),
    audit_entry: entries,
    ledger_posting: effects.flatMap(({ postings }) => postings ?? []),
    tails,
    accounts,
  })
  if (!allNew) throw new SetDisturbed()
  await noteRefusals(tx, refused, now)
  await noteGaps(tx, { missing, arrived }, now)
  return answers
}
