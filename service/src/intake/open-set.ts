import { CompiledQuery, sql } from 'kysely'
import { type ChainHead, genesis } from '../audit/append-audit.ts'
import { arrayText } from '../database/array-text.ts'
import type { Database, Tx } from '../database/handle.ts'
import { prepared, preparedMark } from '../database/preparing-client.ts'
import type { SetDelivery } from './delivery.ts'
import { type EarlierReceipts, receiptsOf } from './job-rows.ts'
import type { KnownDevice } from './note-sequence.ts'
import { type KnownStaff, type StaffOfJobs, staffOf } from './staff-of-jobs.ts'

/** What a set has to be judged by. */
export interface OpenSet {
  /** Numbers of proofs that had not been used. */
  burnt: ReadonlySet<string>
  devices: ReadonlyMap<string, KnownDevice>
  /** The ends of the audit chains of the devices' stores. */
  heads: readonly ChainHead[]
  staff: StaffOfJobs
  /** The active ones among the jobs' staff, which is all `staff` knows. */
  people: readonly KnownStaff[]
  earlier: EarlierReceipts
}

interface Row {
  burnt?: string[] | null
  devices: KnownDevice[] | null
  heads: { chain: string; last_sequence: number; last_hash: string }[] | null
  staff: KnownStaff[] | null
  jobs: { id: string; body_sha256: string; receipt: string }[] | null
}

/**
 * What to do about a device that another transaction holds at this moment: wait for it, or leave its delivery out, so that the
 * other counters of a set do not wait for one whose order is being checked.
 */
export type WhenHeld = 'wait' | 'skip'

/** Names as PostgreSQL's arrays. */
function namesOf(deliveries: readonly SetDelivery[]) {
  const jobs = deliveries.flatMap(({ set }) => set)
  return {
    devices: arrayText(deliveries.map(({ device }) => device.deviceId)),
    stores: arrayText([...new Set(deliveries.map(({ device }) => device.storeId))]),
    staff: arrayText([...new Set(jobs.map(({ envelope }) => envelope.staffId))]),
    jobs: arrayText(jobs.map(({ job }) => job.id)),
  }
}

const deviceColumns = 'device_id, store_id, thumbprint, revoked_at, highest_sequence, accepted_jobs'

function openedFrom(row: Row, burnt: Iterable<string>): OpenSet {
  return {
    burnt: new Set(burnt),
    devices: new Map((row.devices ?? []).map((device) => [device.device_id, device])),
    heads: (row.heads ?? []).map((head) => ({ chain: head.chain, sequence: head.last_sequence, hash: head.last_hash })),
    staff: staffOf(row.staff ?? []),
    people: row.staff ?? [],
    earlier: receiptsOf(row.jobs ?? []),
  }
}

const lookText = `${preparedMark}
  select
    (select json_agg(found) from (
      select ${deviceColumns} from device where device_id = any($1::text[])) as found) as devices,
    (select json_agg(found) from (
      select chain, last_sequence, last_hash from audit_chain where chain = any($2::text[])) as found) as heads,
    (select json_agg(found) from (
      select staff_id, name, role, store_id from staff where active and staff_id = any($3::text[])) as found) as staff,
    (select json_agg(found) from (
      select id, body_sha256, receipt from job where id = any($4::uuid[])) as found) as jobs`

/** Looks at everything a set has to be judged by with one statement and holds nothing. Proofs count as new: they are burnt when it is written. */
export async function lookAtSet(db: Database, deliveries: readonly SetDelivery[]): Promise<OpenSet> {
  const { devices, stores, staff, jobs } = namesOf(deliveries)
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(lookText, [devices, stores, staff, jobs]))
  return openedFrom(
    rows[0]!,
    deliveries.flatMap(({ proof }) => proof?.hash ?? []),
  )
}

/**
 * Opens a set with one statement, whatever its size: burns the proofs, holds the devices, then the chains, both in the order of their
 * names so that no two transactions wait for each other for ever, and looks up the people and what came before. All of it is seen as of
 * the statement's beginning; a twin that is committed while this one waits for its device is not, and shows itself when the jobs
 * are inserted.
 */
export async function openSet(tx: Tx, deliveries: readonly SetDelivery[], whenHeld: WhenHeld): Promise<OpenSet> {
  const proofs = deliveries.flatMap(({ proof, proofBurnt }) => (proof && !proofBurnt ? proof : []))
  const names = namesOf(deliveries)
  const { rows } = await sql<Row>`${prepared()} with burnt as (
      insert into dpop_proof (proof_hash, expires_at)
      select hash, expires from unnest(${arrayText(proofs.map(({ hash }) => hash))}::text[],
        ${arrayText(proofs.map(({ expiresAt }) => expiresAt))}::bigint[]) as number(hash, expires) order by hash
      on conflict do nothing returning proof_hash),
    held as (
      select ${sql.raw(deviceColumns)} from device where device_id = any(${names.devices}::text[])
      order by device_id for no key update ${sql.raw(whenHeld === 'skip' ? 'skip locked' : '')}),
    heads as (
      insert into audit_chain (chain, last_sequence, last_hash)
      select store, 0, ${genesis}::text from unnest(${names.stores}::text[]) as store
      where (select count(*) from held) >= 0 order by store
      on conflict (chain) do update set last_sequence = audit_chain.last_sequence
      returning chain, last_sequence, last_hash)
    select
      (select json_agg(proof_hash) from burnt) as burnt,
      (select json_agg(held) from held) as devices,
      (select json_agg(heads) from heads) as heads,
      (select json_agg(found) from (
        select staff_id, name, role, store_id from staff where active and staff_id = any(${names.staff}::text[])) as found) as staff,
      (select json_agg(found) from (
        select id, body_sha256, receipt from job where id = any(${names.jobs}::uuid[])) as found) as jobs`.execute(tx)
  const row = rows[0]!
  return openedFrom(row, row.burnt ?? [])
}
