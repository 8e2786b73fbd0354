import { paymentTakenPostings } from '../../../src/shared/domain/ledger.ts'
import { sumFen } from '../../../src/shared/domain/money.ts'
import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import type { PaymentTake } from '../../../src/shared/protocol/jobs.ts'
import type { AuditAct } from '../audit/append-audit.ts'
import type { LedgerPostingTable, PaymentTable } from '../database/tables.ts'
import { ledgerRows } from '../ledger/post-to-ledger.ts'
import type { ServiceContext } from '../service-context.ts'
import type { SetHandler, SetMember } from './set-handler.ts'

function check(context: ServiceContext, payload: PaymentTake): Result<undefined> {
  const sum = sumFen(payload.allocations.map((allocation) => allocation.amountFen))
  if (sum !== payload.amountFen || payload.allocations.some((allocation) => allocation.amountFen < 0))
    return fail('payment.amountDiffers', {
      field: 'allocations',
      params: { dueFen: sum, paidFen: payload.amountFen },
    })
  if (payload.method !== 'cash' && !payload.authorizationCode)
    return fail('payment.authorizationMissing', { field: 'authorizationCode' })
  const segment = lookUpSegment(payload.msisdn, context.segments)
  if (!segment.ok) return segment
  if (segment.value.homeProvince !== payload.homeProvince)
    return fail('job.invalidReference', { field: 'homeProvince' })
  return ok(undefined)
}

function rowOf({ device, staff, payload }: SetMember<PaymentTake, undefined>): PaymentTable {
  return {
    payment_id: payload.paymentId,
    case_id: payload.caseId,
    msisdn: payload.msisdn,
    carrier: payload.carrier,
    home_province: payload.homeProvince,
    method: payload.method,
    amount_fen: payload.amountFen,
    authorization_code: payload.authorizationCode ?? null,
    receipt_number: payload.receiptNumber,
    allocations: JSON.stringify(payload.allocations),
    taken_at: payload.takenAt,
    device_id: device.deviceId,
    staff_id: staff.staffId,
    order_id: null,
    posted_at: null,
    posted_reference: null,
    reversed_at: null,
    reversed_fen: null,
    given_back_at: null,
    claim_state: null,
    claim_code: null,
    claim_reference: null,
    claimed_at: null,
    voided_at: null,
  }
}

function postingsOf({ device, now, payload }: SetMember<PaymentTake, undefined>): LedgerPostingTable[] {
  const { paymentId, caseId, carrier, homeProvince, takenAt } = payload
  return ledgerRows(paymentTakenPostings(payload), {
    handlingProvince: device.handlingProvince,
    homeProvince,
    carrier,
    caseId,
    paymentId,
    occurredAt: takenAt,
    now,
  })
}

function actOf({ device, staff, now, payload }: SetMember<PaymentTake, undefined>): AuditAct {
  return {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'payment.taken',
    subject: payload.paymentId,
    details: { caseId: payload.caseId, amountFen: payload.amountFen, method: payload.method },
  }
}

/**
 * `payment.take`: records money taken at the counter; it is posted at the home province with the order.
 * Errors: `payment.amountDiffers`, `payment.authorizationMissing`, `payment.alreadyTaken`, `job.invalidReference`.
 */
export const takePayments: SetHandler<'payment.take', undefined> = {
  check,
  effect: (payload) => ({ paymentId: payload.paymentId, receiptNumber: payload.receiptNumber }),
  taken: () => fail('payment.alreadyTaken', { field: 'paymentId' }),
  rows: (member) => ({ payment: rowOf(member), postings: postingsOf(member), act: actOf(member) }),
}
