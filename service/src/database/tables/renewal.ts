import type { Carrier, Province } from '../../../../src/shared/domain/geography.ts'
import type { ResourceState } from '../../../../src/shared/domain/renewal.ts'

/** A number between two holders (TM Forum Resource). */
export interface NumberResourceTable {
  msisdn: string
  carrier: Carrier
  home_province: Province
  /** The order that ended its last line. */
  order_id: string
  state: ResourceState
  cancelled_at: number
  /** Shanghai day up to which it rests. */
  aging_until: string
  /**
   * `resting`; `due`: apps are to be asked once more; `batched`: in a batch under way; `held`: not clean enough for the policy;
   * `released`.
   */
  renewal: 'resting' | 'due' | 'batched' | 'held' | 'released'
  batch_id: string | null
  /** What every app said so far (`AppRenewal[]`). */
  apps: string
  /** The platform takes no requests for it, and why. */
  not_eligible: string | null
  release: 'clean' | 'disclosed' | null
  released_at: number | null
  updated_at: number
}

/** Numbers that were submitted to the renewal platform together, as they were: a repetition must be the same to the letter. */
export interface RenewalBatchTable {
  batch_id: string
  carrier: Carrier
  request: string
  formed_at: number
  submitted_at: number | null
  /** When apps have had their time. */
  follow_until: number | null
  attempts: number
  step_token: number
  next_step_at: number | null
  closed_at: number | null
}
