import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Staff } from '../../../src/shared/protocol/device.ts'
import type { JobEnvelope, JobResult, Receipt } from '../../../src/shared/protocol/jobs.ts'
import { lengthenChains } from '../audit/append-audit.ts'
import { checkStanding, type SetAnswer, type SetDelivery } from './delivery.ts'
import { type EarlierReceipts, jobRow, type NotedRefusal } from './job-rows.ts'
import { type NewNumbers, reckonNumbers } from './note-sequence.ts'
import type { OpenSet } from './open-set.ts'
import type { SetJob } from './plan-batch.ts'
import type { EffectRows, SetHandler, SetKind, SetMember } from './set-handler.ts'
import { setHandlers } from './set-kinds.ts'
import type { StaffOfJobs } from './staff-of-jobs.ts'
import type { SetRows } from './write-set.ts'

/** Something in the set is not new although it looked so: a twin is being taken in, or a number or name is taken. Nothing was written. */
export class SetDisturbed extends Error {}

interface Fresh {
  envelope: JobEnvelope
  receipt: Receipt
  kind: SetKind
  member: SetMember<unknown, unknown>
}

/** A person who may not do it is told so first. */
function judge(
  { checked }: SetJob,
  staff: Result<Staff>,
): Result<Pick<Fresh['member'], 'payload' | 'prepared' | 'staff'>> {
  if (!staff.ok) return staff
  return checked.ok ? ok({ ...checked.value, staff: staff.value }) : checked
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
  { device, set, blocked }: SetDelivery,
  known: { earlier: EarlierReceipts; staff: StaffOfJobs; now: Receipt['receivedAt'] },
): Judged {
  const { earlier, staff, now } = known
  const blockedLanes = new Set(blocked)
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const results = set.map((one): JobResult => {
    const { job, envelope, kind } = one
    const { id, bodySha256 } = job
    if (blockedLanes.has(envelope.lane)) return { id, outcome: 'blocked' }
    // A receipt once given stays given, even after the person has left or the rules have changed.
    const before = earlier(id, bodySha256)
    if (before?.ok) return { id, outcome: 'accepted', receipt: before.value }
    const judged = before ?? judge(one, staff(device, envelope.staffId))
    if (!judged.ok) {
      if (!before) refused.push({ device, envelope, bodySha256, code: judged.error.code })
      blockedLanes.add(envelope.lane)
      return { id, outcome: 'refused', error: judged.error }
    }
    const handler = setHandlers[kind] as SetHandler<SetKind, unknown>
    const effect = handler.effect(judged.value.payload as never)
    const receipt: Receipt = { jobId: id, receivedAt: now, bodySha256, effect }
    fresh.push({ envelope, receipt, kind, member: { device, now, ...judged.value } })
    return { id, outcome: 'accepted', receipt }
  })
  return { results, fresh, refused }
}

/** What a set comes to: what everybody is answered, and what has to be written before they may be. */
export interface JudgedSet {
  /** In the order of the deliveries; `held`: left out, its device is held by somebody else, its proof is burnt. */
  answers: (SetAnswer | 'held')[]
  rows: SetRows
  refused: NotedRefusal[]
  gaps: Pick<ReturnType<typeof reckonNumbers>, 'missing' | 'arrived'>
}

/** Judges a set by what is known of it. `leaveOut`: whoever's device is not among the known ones is `held` by somebody else. */
export function judgeSet(
  deliveries: readonly SetDelivery[],
  opened: OpenSet,
  { now, leaveOut }: { now: Receipt['receivedAt']; leaveOut: boolean },
): JudgedSet {
  const fresh: Fresh[] = []
  const refused: NotedRefusal[] = []
  const numbers: NewNumbers[] = []
  const answers = deliveries.map((delivery): SetAnswer | 'held' => {
    const known = opened.devices.get(delivery.device.deviceId)
    const replayed = isReplayed(delivery, opened.burnt)
    if (!replayed && !known && leaveOut) return 'held'
    const device = replayed
      ? fail('auth.proofInvalid', { params: { reason: 'replayed' } })
      : checkStanding(delivery, known)
    if (!device.ok) return device
    const judged = judgeJobs(delivery, { ...opened, now })
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
  const acts = effects.flatMap(({ act }) => act ?? [])
  const heads = new Set(opened.heads.map(({ chain }) => chain))
  // Its chain was begun by somebody else between this statement's beginning and now.
  if (acts.some(({ storeId }) => !heads.has(storeId))) throw new SetDisturbed()
  const { entries, tails } = lengthenChains(opened.heads, acts)
  const { accounts, ...gaps } = reckonNumbers(numbers)
  return {
    answers,
    rows: {
      job: fresh.map(({ member, envelope, receipt }) => jobRow(member.device, envelope, receipt)),
      payment: effects.flatMap(({ payment }) => payment ?? []),
      attachment: effects.flatMap(({ attachment }) => attachment ?? []),
      audit_entry: entries,
      ledger_posting: effects.flatMap(({ postings }) => postings ?? []),
      tails,
      accounts,
    },
    refused,
    gaps,
  }
}
