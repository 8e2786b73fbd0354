import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device } from '../../../src/shared/protocol/device.ts'
import type { JobResult } from '../../../src/shared/protocol/jobs.ts'
import type { UnburntProof } from '../auth/dpop.ts'
import type { KnownDevice } from './note-sequence.ts'
import type { SetJob } from './plan-batch.ts'

/** What one counter has to say, before anything of it is written down. */
export interface Delivery {
  device: Device
  jobs: readonly unknown[]
  /** Receipts the counter holds, when it says so. */
  receipts?: number | undefined
  /** The number of the request's proof, to be burnt in the transaction that takes in its jobs. Absent: burnt already. */
  proof?: UnburntProof | undefined
}

/** The part of a delivery that can share one commit with those of other counters. */
export interface SetDelivery {
  device: Device
  receipts?: number | undefined
  proof?: UnburntProof | undefined
  /** The proof is burnt already, by a set that had to leave this delivery out. */
  proofBurnt?: true
  set: readonly SetJob[]
  /** Lanes an earlier refusal of the same delivery has blocked. */
  blocked: ReadonlySet<string>
}

/** Results in the order of the set; or why the whole delivery was not looked at: `auth.*`, `service.restored`. */
export type SetAnswer = Result<JobResult[]>

/**
 * Whether a delivery may be looked at as its device stands now: whoever sent it was let in on what was known seconds ago.
 * Errors: `auth.deviceUnknown` (revoked, moved, or another key's by now), `service.restored`: a counter that holds more receipts than
 * this service has accepted jobs speaks to one restored from an older backup, and must say again what was forgotten first.
 */
export function checkStanding(
  { device, proof, receipts }: Pick<Delivery, 'device' | 'proof' | 'receipts'>,
  known: KnownDevice | undefined,
): Result<KnownDevice> {
  if (!known || known.revoked_at !== null || known.store_id !== device.storeId) return fail('auth.deviceUnknown')
  if (proof && known.thumbprint !== proof.thumbprint) return fail('auth.deviceUnknown')
  if (receipts !== undefined && receipts > known.accepted_jobs) return fail('service.restored')
  return ok(known)
}
