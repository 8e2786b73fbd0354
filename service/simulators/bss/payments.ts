import type { PaymentAnswer, PaymentRequest, ReversalAnswer } from '../../src/connectors/wire/home-bss.ts'
import { findLine, type HomeSystem, type Outcome, refusedOutcome } from './system.ts'

/** Posts a payment taken at a counter elsewhere; paying all bills resumes a line stopped for arrears. */
export function postPayment(system: HomeSystem, request: PaymentRequest): Outcome<PaymentAnswer> {
  const found = findLine(system, request.msisdn)
  if (!found.found) return { answer: found.refusal, events: [] }
  const { line } = found
  const { world } = system
  if (world.ended.has(line.msisdn)) return refusedOutcome('STATE_CANCELLED')
  const earlier = world.payments.get(request.correlatorId)
  if (earlier) {
    if (JSON.stringify(earlier.payment) !== JSON.stringify(request)) return refusedOutcome('DUPLICATE_CORRELATOR')
    return { answer: { result: 'ok', postedAt: earlier.postedAt, reference: earlier.reference }, events: [] }
  }
  const sumLi = request.allocations.reduce((sum, allocation) => sum + allocation.amountLi, 0)
  if (sumLi !== request.amountLi) return refusedOutcome('ALLOCATION_MISMATCH', { sumLi })
  const perBill = new Map<string, number>()
  for (const allocation of request.allocations) {
    if (allocation.kind !== 'bill') continue
    const ref = allocation.ref ?? ''
    perBill.set(ref, (perBill.get(ref) ?? 0) + allocation.amountLi)
  }
  for (const [ref, amountLi] of perBill) {
    const bill = line.bills.find((candidate) => candidate.id === ref)
    if (!bill) return refusedOutcome('UNKNOWN_BILL', { ref })
    const unpaidLi = world.unpaidLi(line, bill)
    if (amountLi > unpaidLi) return refusedOutcome('OVERPAID', { ref, unpaidLi })
  }
  const at = system.now()
  const reference = `PAY${system.province}${String(world.payments.size + 1).padStart(8, '0')}`
  return {
    answer: { result: 'ok', postedAt: at, reference },
    events: [{ type: 'paymentPosted', at, reference, payment: request }],
  }
}

/** Takes back a payment, wholly or in part: penalties first, bills (which become unpaid again) last. */
export function reversePayment(
  system: HomeSystem,
  correlatorId: string,
  amountLi: number,
  reason: string,
): Outcome<ReversalAnswer> {
  const { world } = system
  const record = world.payments.get(correlatorId)
  if (!record || !findLine(system, record.payment.msisdn).found) return refusedOutcome('UNKNOWN_PAYMENT')
  if (world.ended.has(record.payment.msisdn)) return refusedOutcome('STATE_CANCELLED')
  const remainingLi = record.payment.amountLi - record.reversedLi
  if (amountLi > remainingLi) return refusedOutcome('REVERSAL_TOO_LARGE', { remainingLi })
  const at = system.now()
  const reference = `${record.reference}-R`
  return {
    answer: { result: 'ok', reversedAt: at, reference },
    events: [{ type: 'paymentReversed', at, reference, correlatorId, amountLi, reason }],
  }
}
