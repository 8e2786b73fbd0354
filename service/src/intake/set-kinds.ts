import { ok } from '../../../src/shared/domain/result.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { insertRows } from '../database/insert-rows.ts'
import { postToLedger } from '../ledger/post-to-ledger.ts'
import type { JobHandler } from './job-scene.ts'
import type { SetHandler, SetKind } from './set-handler.ts'
import { storeAttachments } from './store-attachment.ts'
import { takePayments } from './take-payment.ts'

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
