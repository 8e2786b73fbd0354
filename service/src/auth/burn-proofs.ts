import { sql } from 'kysely'
import { coalesce } from '../coalesce.ts'
import type { Database } from '../database/handle.ts'
import type { UnburntProof } from './dpop.ts'

/** Most proofs burnt by one statement. */
const mostAtOnce = 500

/**
 * Writes down the numbers of proofs, each of which may be used once: which of them were new. The constraint decides, also between
 * processes; they are written in one order, so that two transactions with the same numbers never wait for each other both.
 */
export async function burnProofs(db: Database, proofs: readonly UnburntProof[]): Promise<ReadonlySet<string>> {
  if (proofs.length === 0) return new Set()
  const numbers = JSON.stringify(proofs.map(({ hash, expiresAt }) => ({ hash, expires: expiresAt })))
  const { rows } = await sql<{ proof_hash: string }>`insert into dpop_proof (proof_hash, expires_at)
    select hash, expires from json_to_recordset(${numbers}::text::json) as number(hash text, expires bigint) order by hash
    on conflict do nothing returning proof_hash`.execute(db)
  return new Set(rows.map((row) => row.proof_hash))
}

/** Burns a proof by itself; true when it was new. */
export type BurnProof = (proof: UnburntProof) => Promise<boolean>

/** Burns the proofs of requests that arrive together under one commit; two at a time, so that one slow commit holds up nobody. */
export function createProofBurner(db: Database): BurnProof {
  return coalesce<UnburntProof, boolean>({ mostAtOnce, atATime: 2 }, async (proofs) => {
    const left = new Set(await burnProofs(db, proofs))
    // Of one number twice in the same breath the first is new.
    return proofs.map(({ hash }) => left.delete(hash))
  })
}
