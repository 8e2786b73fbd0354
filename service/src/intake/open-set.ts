import { sql } from 'kysely'
import type { StaffRole } from '../../../src/shared/protocol/device.ts'
import { type ChainHead, genesis } from '../audit/append-audit.ts'
import { prepared } from '../database/preparing-client.ts'
import type { Tx } from '../service-context.ts'
import type { SetDelivery } from './delivery.ts'
import { type EarlierReceipts, receiptsOf } from './job-rows.ts'
import type { KnownDevice } from './note-sequence.ts'
import { type StaffOfJobs, staffOf } from './staff-of-jobs.ts'

/** What a set has to be judged by, and what it holds until its transaction ends: its devices and the audit chains of their stores. */
export interface OpenSet {
  /** Numbers of proofs that had not been used. */
  burnt: ReadonlySet<string>
  devices: ReadonlyMap<string, KnownDevice>
  heads: readonly ChainHead[]
  staff: StaffOfJobs
  earlier: EarlierReceipts
}

interface Row {
  burnt: string[] | null
  devices: KnownDevice[] | null
  heads: { chain: string; last_sequence: number; last_hash: string }[] | null
  staff: { staff_id: string; name: string; role: StaffRole; store_id: string }[] | null
  jobs: { id: string; body_sha256: string; receipt: string }[] | null
}

/**
 * What to do about a device that another transaction holds at this moment: wait for it, or leave its delivery out, so that the
 * other counters of a set do not wait for one whose order is being checked.
 */
export type WhenHeld = 'wait' | 'skip'

/**
 * Opens a set with one statement, whatever its size: burns the proofs, holds the devices, then the chains, both in the order of their
 * names so that no two transactions wait for each other for ever, and looks up the people and what came before. All of it is seen as of
 * the statement's beginning; a twin that is committed while this one waits for its device is not, and shows itself when the jobs
 * are inserted.
 */
export async function openSet(tx: Tx, deliveries: readonly SetDelivery[], whenHeld: WhenHeld): Promise<OpenSet> {
  const proofs = deliveries.flatMap(({ proof, proofBurnt }) =>
    proof && !proofBurnt ? { hash: proof.hash, expires: proof.expiresAt } : [],
  )
  const jobs = deliveries.flatMap(({ set }) => set)
  const names = {
    proofs,
    devices: deliveries.map(({ device }) => device.deviceId),
    stores: [...new Set(deliveries.map(({ device }) => device.storeId))],
    staff: [...new Set(jobs.map(({ envelope }) => envelope.staffId))],
    jobs: jobs.map(({ job }) => job.id),
  }
  const { rows } = await sql<Row>`${prepared()} with asked as (select ${JSON.stringify(names)}::text::json as names),
    burnt as (
      insert into dpop_proof (proof_hash, expires_at)
      select hash, expires from asked, json_to_recordset(names -> 'proofs') as number(hash text, expires bigint) order by hash
      on conflict do nothing returning proof_hash),
    held as (
      select device_id, store_id, thumbprint, revoked_at, highest_sequence, accepted_jobs from device
      where device_id = any(array(select json_array_elements_text(names -> 'devices') from asked))
      order by device_id for no key update ${sql.raw(whenHeld === 'skip' ? 'skip locked' : '')}),
    heads as (
      insert into audit_chain (chain, last_sequence, last_hash)
      select store, 0, ${genesis}::text from asked, json_array_elements_text(names -> 'stores') as store
      where (select count(*) from held) >= 0 order by store
      on conflict (chain) do update set last_sequence = audit_chain.last_sequence
      returning chain, last_sequence, last_hash)
    select
      (select json_agg(proof_hash) from burnt) as burnt,
      (select json_agg(held) from held) as devices,
      (select json_agg(heads) from heads) as heads,
      (select json_agg(found) from (
        select staff_id, name, role, store_id from staff
        where active and staff_id = any(array(select json_array_elements_text(names -> 'staff') from asked))) as found) as staff,
      (select json_agg(found) from (
        select id, body_sha256, receipt from job
        where id = any(array(select json_array_elements_text(names -> 'jobs')::uuid from asked))) as found) as jobs`.execute(
    tx,
  )
  const row = rows[0]!
  return {
    burnt: new Set(row.burnt ?? []),
    devices: new Map((row.devices ?? []).map((device) => [device.device_id, device])),
    heads: (row.heads ?? []).map((head) => ({ chain: head.chain, sequence: head.last_sequence, hash: head.last_hash })),
    staff: staffOf(row.staff ?? []),
    earlier: receiptsOf(row.jobs ?? []),
  }
}
