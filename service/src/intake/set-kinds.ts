import { ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Device, Staff } from '../../../src/shared/protocol/device.ts'
import type { JobPayload } from '../../../src/shared/protocol/jobs.ts'
import type { ServiceContext, Tx } from '../service-context.ts'
import type { Effect, JobHandler } from './job-kinds.ts'
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

/** Carries out jobs of one kind, any number of them at once. */
export interface SetHandler<K extends SetKind, Prepared> {
  /** Judges a payload by itself. */
  check(context: ServiceContext, payload: JobPayload<K>): Result<Prepared>
  effect(payload: JobPayload<K>): Effect
  /** The refusal of one whose name another job has taken. */
  taken(): Result<never>
  /** Stores them all; false when a name was taken, and then everything must be undone. */
  store(tx: Tx, members: readonly SetMember<JobPayload<K>, Prepared>[]): Promise<boolean>
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
    const stored = await handler.store(tx, [{ device, staff, payload, prepared: checked.value, now }])
    return stored ? ok(handler.effect(payload)) : handler.taken()
  }
}
