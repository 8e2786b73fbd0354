import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Database } from '../database/handle.ts'
import type { IdentityProofTable } from '../database/tables.ts'

/**
 * The proof a step leans on: of the same case, number and counter, and alive at `at` (UTC milliseconds). `leewayMs` forgives a
 * counter's clock that runs a little behind or ahead when the instant is the counter's own.
 * Errors: `proof.missing`, `proof.expired`.
 */
export async function findLivingProof(
  db: Database,
  wanted: { proofId: string; caseId: string; msisdn: string; deviceId: string; at: number; leewayMs?: number },
): Promise<Result<IdentityProofTable>> {
  const row = await db
    .selectFrom('identity_proof')
    .selectAll()
    .where('proof_id', '=', wanted.proofId)
    .where('case_id', '=', wanted.caseId)
    .where('msisdn', '=', wanted.msisdn)
    .where('device_id', '=', wanted.deviceId)
    .executeTakeFirst()
  if (!row) return fail('proof.missing', { field: 'proofId' })
  const leeway = wanted.leewayMs ?? 0
  if (wanted.at < row.proved_at - leeway || wanted.at > row.expires_at + leeway)
    return fail('proof.expired', { field: 'proofId' })
  return ok(row)
}
