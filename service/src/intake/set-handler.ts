import type { Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobPayload } from '../../../src/shared/protocol/jobs.ts'
import type { AuditAct } from '../audit/append-audit.ts'
import type { AttachmentTable, LedgerPostingTable, PaymentTable } from '../database/tables.ts'
import type { ServiceContext } from '../service-context.ts'
import type { Effect } from './job-scene.ts'

/**
 * Kinds that touch no order and need nothing from the database to be judged: many of them are stored by one statement, and they may
 * share one commit. Jobs of orders have a transaction each: together they would hold the store's feed while waiting for an order
 * whose worker holds the order and waits for the feed.
 */
export type SetKind = 'attachment.store' | 'payment.take'

/** One job of a set, checked. `prepared` is what the check made of the payload. */
export interface SetMember<Payload, Prepared> {
  device: Device
  staff: Staff
  payload: Payload
  prepared: Prepared
  now: number
}

/** Rows of an effect, and what the audit chain says of it. */
export interface EffectRows {
  payment?: PaymentTable
  attachment?: AttachmentTable
  postings?: LedgerPostingTable[]
  act?: AuditAct
}

/** Carries out jobs of one kind, any number of them at once. */
export interface SetHandler<K extends SetKind, Prepared> {
  /** Judges a payload by itself. */
  check(context: ServiceContext, payload: JobPayload<K>): Result<Prepared>
  effect(payload: JobPayload<K>): Effect
  /** The refusal of one whose name another job has taken. */
  taken(): Result<never>
  /** What it leaves behind. */
  rows(member: SetMember<JobPayload<K>, Prepared>): EffectRows
}
