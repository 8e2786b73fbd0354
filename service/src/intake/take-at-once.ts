import { CompiledQuery } from 'kysely'
import { arrayText, columnArrays } from '../database/array-text.ts'
import type { Database } from '../database/handle.ts'
import { preparedMark } from '../database/preparing-client.ts'
import type { ServiceContext } from '../service-context.ts'
import type { SetAnswer, SetDelivery } from './delivery.ts'
import { type JudgedSet, judgeSet, SetDisturbed } from './judge-set.ts'
import { lookAtSet, type OpenSet } from './open-set.ts'
import type { RememberedEnds } from './remembered-ends.ts'
import { newSetText, type SetRows, setParameters, setPlaceholders } from './write-set.ts'

/** What a set was judged by, of what others may change: it must be the same still when the set is written. */
function seenOf(opened: OpenSet, rows: SetRows) {
  const devices = rows.accounts.map(({ id }) => opened.devices.get(id)!)
  const written = new Set(rows.tails.map(({ chain }) => chain))
  const authors = new Set(rows.job.map((job) => job.staff_id))
  return {
    devices,
    chains: opened.heads.filter(({ chain }) => written.has(chain)),
    people: opened.people.filter((person) => authors.has(person.staff_id)),
  }
}

const place = (nth: number) => `$${setPlaceholders + nth}`

const writeText = `${preparedMark} with ${newSetText},
  proofs as (
    insert into dpop_proof (proof_hash, expires_at)
    select hash, expires from unnest(${place(1)}::text[], ${place(2)}::bigint[]) as number(hash, expires) order by hash),
  unchanged_devices as (
    select 1 from device, unnest(${place(3)}::text[], ${place(4)}::text[], ${place(5)}::text[], ${place(6)}::bigint[], ${place(7)}::bigint[])
      as seen(device_id, store_id, thumbprint, highest_sequence, accepted_jobs)
    where device.device_id = seen.device_id and device.store_id = seen.store_id and device.thumbprint = seen.thumbprint
      and device.highest_sequence = seen.highest_sequence and device.accepted_jobs = seen.accepted_jobs and device.revoked_at is null
    order by device.device_id for no key update of device skip locked),
  unchanged_chains as (
    select 1 from audit_chain, unnest(${place(8)}::text[], ${place(9)}::bigint[], ${place(10)}::text[]) as seen(chain, sequence, hash)
    where audit_chain.chain = seen.chain and audit_chain.last_sequence = seen.sequence and audit_chain.last_hash = seen.hash
    order by audit_chain.chain for no key update of audit_chain skip locked),
  unchanged_people as (
    select 1 from staff, unnest(${place(11)}::text[], ${place(12)}::text[], ${place(13)}::text[], ${place(14)}::text[])
      as seen(staff_id, name, role, store_id)
    where staff.staff_id = seen.staff_id and staff.name = seen.name and staff.role = seen.role and staff.store_id = seen.store_id
      and staff.active)
  select 1 / (case when (select count(*) from unchanged_devices) + (select count(*) from unchanged_chains)
    + (select count(*) from unchanged_people) = ${place(15)}::bigint then 1 else 0 end) as done`

/** What says that something was not as expected: division by zero where somebody else was there before, a name or number that is taken. */
const disturbances: ReadonlySet<unknown> = new Set(['22012', '23505'])

/**
 * Burns the proofs and writes a set with one statement that is a transaction by itself, provided that devices, chains and people still
 * are what they were when the set was judged and that every row and proof is new. False, with nothing written, when anything is not so or is
 * held by somebody else at this moment: nobody is waited for, so nobody can wait in a circle.
 */
async function writeIfUnchanged(
  db: Database,
  rows: SetRows,
  proofs: readonly { hash: string; expiresAt: number }[],
  seen: ReturnType<typeof seenOf>,
): Promise<boolean> {
  const parameters = [
    ...setParameters(rows),
    arrayText(proofs.map(({ hash }) => hash)),
    arrayText(proofs.map(({ expiresAt }) => expiresAt)),
    ...columnArrays(seen.devices, ['device_id', 'store_id', 'thumbprint', 'highest_sequence', 'accepted_jobs']),
    ...columnArrays(seen.chains, ['chain', 'sequence', 'hash']),
    ...columnArrays(seen.people, ['staff_id', 'name', 'role', 'store_id']),
    seen.devices.length + seen.chains.length + seen.people.length,
  ]
  try {
    await db.executeQuery(CompiledQuery.raw(writeText, parameters))
    return true
  } catch (error) {
    // The statement has undone itself.
    if (disturbances.has((error as { code?: string }).code)) return false
    throw error
  }
}

/** `not plain`: there is more to it than new jobs in their order. `changed`: what it was judged by is not so any more. Nothing was written. */
type Attempt = SetAnswer[] | 'not plain' | 'changed'

async function attempt(
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
  opened: OpenSet,
  ends: RememberedEnds | undefined,
): Promise<Attempt> {
  let judged: JudgedSet
  try {
    judged = judgeSet(deliveries, opened, { now: context.clock.now(), leaveOut: false })
  } catch (error) {
    if (error instanceof SetDisturbed) return 'not plain'
    throw error
  }
  const { answers, rows, refused, gaps } = judged
  const isPlain =
    answers.every((answer) => answer !== 'held' && answer.ok) &&
    refused.length === 0 &&
    gaps.missing.length === 0 &&
    gaps.arrived.length === 0 &&
    rows.accounts.length === deliveries.length
  if (!isPlain) return 'not plain'
  const proofs = deliveries.flatMap(({ proof, proofBurnt }) => (proof && !proofBurnt ? proof : []))
  if (!(await writeIfUnchanged(context.db, rows, proofs, seenOf(opened, rows)))) return 'changed'
  ends?.left(opened, rows)
  return answers as SetAnswer[]
}

/**
 * Takes in a set that brings nothing but new jobs in their order: one statement to look, nothing held meanwhile, one to write everything.
 * Where this process remembers how it left the devices and chains, the look is left out: the statement that writes finds out whether they
 * still are so. Undefined, with nothing written, when that is not so or somebody else was at the same devices or chains: then the set has to
 * be taken in the long way. A refusal never comes from memory: what is not plain is looked at.
 */
export async function takeAtOnce(
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
  ends?: RememberedEnds,
): Promise<SetAnswer[] | undefined> {
  const recalled = ends?.recall(deliveries)
  if (recalled) {
    const taken = await attempt(context, deliveries, recalled, ends)
    if (typeof taken !== 'string') return taken
    if (taken === 'changed') ends?.doubt(deliveries)
  }
  const opened = await lookAtSet(context.db, deliveries)
  ends?.found(opened)
  const taken = await attempt(context, deliveries, opened, ends)
  if (taken === 'changed') ends?.doubt(deliveries)
  return typeof taken === 'string' ? undefined : taken
}
