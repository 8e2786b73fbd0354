import { CompiledQuery } from 'kysely'
import { arrayText, columnArrays } from '../database/array-text.ts'
import type { Database } from '../database/handle.ts'
import { preparedMark } from '../database/preparing-client.ts'
import type { ServiceContext } from '../service-context.ts'
import type { SetAnswer, SetDelivery } from './delivery.ts'
import { judgeSet, SetDisturbed } from './judge-set.ts'
import { lookAtSet, type OpenSet } from './open-set.ts'
import { countedText, rowsOf, type SetRows, setParameters, setPlaceholders, setText } from './write-set.ts'

/** What a set was judged by, of what others may change: it must be the same still when the set is written. */
function seenOf(opened: OpenSet, rows: SetRows) {
  const devices = rows.accounts.map(({ id }) => opened.devices.get(id)!)
  const written = new Set(rows.tails.map(({ chain }) => chain))
  return { devices, chains: opened.heads.filter(({ chain }) => written.has(chain)) }
}

const place = (nth: number) => `$${setPlaceholders + nth}`

const writeText = `${preparedMark} with ${setText},
  proofs as (
    insert into dpop_proof (proof_hash, expires_at)
    select hash, expires from unnest(${place(1)}::text[], ${place(2)}::bigint[]) as number(hash, expires) order by hash
    on conflict do nothing returning 1),
  unchanged_devices as (
    select 1 from device, unnest(${place(3)}::text[], ${place(4)}::text[], ${place(5)}::text[], ${place(6)}::bigint[], ${place(7)}::bigint[])
      as seen(device_id, store_id, thumbprint, highest_sequence, accepted_jobs)
    where device.device_id = seen.device_id and device.store_id = seen.store_id and device.thumbprint = seen.thumbprint
      and device.highest_sequence = seen.highest_sequence and device.accepted_jobs = seen.accepted_jobs and device.revoked_at is null
    order by device.device_id for no key update of device skip locked),
  unchanged_chains as (
    select 1 from audit_chain, unnest(${place(8)}::text[], ${place(9)}::bigint[], ${place(10)}::text[]) as seen(chain, sequence, hash)
    where audit_chain.chain = seen.chain and audit_chain.last_sequence = seen.sequence and audit_chain.last_hash = seen.hash
    order by audit_chain.chain for no key update of audit_chain skip locked)
  select 1 / (case when ${countedText} + (select count(*) from proofs) + (select count(*) from unchanged_devices)
    + (select count(*) from unchanged_chains) = ${place(11)}::bigint then 1 else 0 end) as done`

/**
 * Burns the proofs and writes a set with one statement that is a transaction by itself, provided that devices and chains still are what
 * they were when they were looked at and that every row and proof is new. False, with nothing written, when anything is not so or is
 * held by somebody else at this moment: nobody is waited for, so nobody can wait in a circle.
 */
async function writeIfUnchanged(
  db: Database,
  rows: SetRows,
  proofs: readonly { hash: string; expiresAt: number }[],
  seen: ReturnType<typeof seenOf>,
): Promise<boolean> {
  const expected = rowsOf(rows) + proofs.length + seen.devices.length + seen.chains.length
  const parameters = [
    ...setParameters(rows),
    arrayText(proofs.map(({ hash }) => hash)),
    arrayText(proofs.map(({ expiresAt }) => expiresAt)),
    ...columnArrays(seen.devices, ['device_id', 'store_id', 'thumbprint', 'highest_sequence', 'accepted_jobs']),
    ...columnArrays(seen.chains, ['chain', 'sequence', 'hash']),
    expected,
  ]
  try {
    await db.executeQuery(CompiledQuery.raw(writeText, parameters))
    return true
  } catch (error) {
    // Division by zero: the statement undoes itself.
    if ((error as { code?: string }).code === '22012') return false
    throw error
  }
}

/**
 * Takes in a set that brings nothing but new jobs in their order: one statement to look, nothing held meanwhile, one to write everything.
 * Undefined, with nothing written, when that is not so or somebody else was at the same devices or chains: then the set has to be taken in the long way.
 */
export async function takeAtOnce(
  context: ServiceContext,
  deliveries: readonly SetDelivery[],
): Promise<SetAnswer[] | undefined> {
  const opened = await lookAtSet(context.db, deliveries)
  try {
    const { answers, rows, refused, gaps } = judgeSet(context, deliveries, opened, {
      now: context.clock.now(),
      leaveOut: false,
    })
    const isPlain =
      answers.every((answer) => answer !== 'held' && answer.ok) &&
      refused.length === 0 &&
      gaps.missing.length === 0 &&
      gaps.arrived.length === 0 &&
      rows.accounts.length === deliveries.length
    if (!isPlain) return undefined
    const proofs = deliveries.flatMap(({ proof, proofBurnt }) => (proof && !proofBurnt ? proof : []))
    const done = await writeIfUnchanged(context.db, rows, proofs, seenOf(opened, rows))
    return done ? (answers as SetAnswer[]) : undefined
  } catch (error) {
    if (error instanceof SetDisturbed) return undefined
    throw error
  }
}
