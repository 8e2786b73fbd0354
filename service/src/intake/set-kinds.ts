import { ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobPayload } from '../../../src/shared/protocol/jobs.ts'
import { type AuditAct, appendAudit } from '../audit/append-audit.ts'
import { insertRows } from '../database/insert-rows.ts'
import type { AttachmentTable, LedgerPostingTable, PaymentTable } from '../database/tables.ts'
import { postToLedger } from '../ledger/post-to-ledger.ts'
import type { ServiceContext } from '../service-context.ts'
import type { Effect, JobHandler } from './job-scene.ts'
import { storeAttachments } from './store-attachment.ts'
import { takePayments } from './take-payment.ts'

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

export const setHandlers = { 'attachment.store': storeAttachments, 'payment.take': takePayments }

/** True for kinds that can be taken in as a set. */
export function isSetKind(kind: string): kind is SetKind {
  return Object.hasOwn(setHandlers, kind)
}

/** The same for one job alone. */
export function alone<K extends SetKind, Prepared>(handler: SetHandler<K, Prepared>): JobHandler<K> {
  return async ({ tx, context, device, staff, now }, payload) => {
    const checked = handler.check(context, payload)
    if (!checked.ok) return checked
    const { payment, attachment, postings, act } = handler.rows({
      device,
      staff,
      payload,
      prepared: checked.value,
      now,
    })
    if (payment && (await insertRows(tx, 'payment', [payment])) === 0) return handler.taken()
    if (attachment && (await insertRows(tx, 'attachment', [attachment])) === 0) return handler.taken()
    if (act) await appendAudit(tx, act)
    if (postings) await postToLedger(tx, postings)
    return ok(handler.effect(payload))
  }
}
