import { sumFen } from '../../../src/shared/domain/money.ts'
import { fail, ok } from '../../../src/shared/domain/result.ts'
import { lookUpSegment } from '../../../src/shared/domain/segments.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { JobHandler } from './job-kinds.ts'

/**
 * `payment.take`: records money taken at the counter; it is posted at the home province with the order.
 * Errors: `payment.amountDiffers`, `payment.authorizationMissing`, `payment.alreadyTaken`, `job.invalidReference`.
 */
export const takePayment: JobHandler<'payment.take'> = async ({ tx, context, device, staff, now }, payload) => {
  const sum = sumFen(payload.allocations.map((allocation) => allocation.amountFen))
  if (sum !== payload.amountFen || payload.allocations.some((allocation) => allocation.amountFen < 0))
    return fail('payment.amountDiffers', {
      field: 'allocations',
      params: { amountFen: payload.amountFen, sumFen: sum },
    })
  if (payload.method !== 'cash' && !payload.authorizationCode)
    return fail('payment.authorizationMissing', { field: 'authorizationCode' })
  const segment = lookUpSegment(payload.msisdn, context.segments)
  if (!segment.ok) return segment
  if (segment.value.homeProvince !== payload.homeProvince)
    return fail('job.invalidReference', { field: 'homeProvince' })
  const stored = await tx
    .insertInto('payment')
    .values({
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
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('payment_id')
    .executeTakeFirst()
  if (!stored) return fail('payment.alreadyTaken', { field: 'paymentId' })
  await appendAudit(tx, {
    storeId: device.storeId,
    at: now,
    actor: staff.staffId,
    deviceId: device.deviceId,
    action: 'payment.taken',
    subject: payload.paymentId,
    details: { caseId: payload.caseId, amountFen: payload.amountFen, method: payload.method },
  })
  return ok({ paymentId: payload.paymentId, receiptNumber: payload.receiptNumber })
}
