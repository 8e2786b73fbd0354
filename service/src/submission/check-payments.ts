import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit, PaymentTake } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'

type Allocation = PaymentTake['allocations'][number]

/** What a settlement lets each kind of allocation be at most: bills one by one, the others in sum; a waiver lowers penalties. */
function ceilings(settlement: Settlement): Map<string, number> {
  const most = new Map<string, number>()
  for (const line of settlement.lines) {
    const kind = line.kind === 'waiver' ? 'penalty' : line.kind
    const key = kind === 'bill' ? `bill|${line.ref ?? ''}` : kind
    most.set(key, (most.get(key) ?? 0) + line.amountFen)
  }
  return most
}

function overAllocated(allocations: readonly Allocation[], settlement: Settlement): boolean {
  const most = ceilings(settlement)
  const used = new Map<string, number>()
  for (const allocation of allocations) {
    const key = allocation.kind === 'bill' ? `bill|${allocation.ref ?? ''}` : allocation.kind
    used.set(key, (used.get(key) ?? 0) + allocation.amountFen)
  }
  return [...used].some(([key, amount]) => amount > (most.get(key) ?? 0))
}

/**
 * The payments named were taken for this case and number, belong to no other order, and are exactly what is payable, for nothing but
 * what the settlement lists. Errors: `payment.notNeeded`, `payment.amountDiffers`, `job.invalidReference`.
 */
export async function checkPayments(tx: Tx, order: OrderSubmit, settlement: Settlement): Promise<Result<undefined>> {
  const { payableFen } = settlement
  const ids = [...new Set(order.paymentIds)]
  if (payableFen === 0) return ids.length === 0 ? ok(undefined) : fail('payment.notNeeded', { field: 'paymentIds' })
  const differs = (paidFen: number) =>
    fail('payment.amountDiffers', { field: 'paymentIds', params: { dueFen: payableFen, paidFen } })
  if (ids.length === 0) return differs(0)
  const [{ msisdn }] = order.productOrderItem
  const payments = await tx
    .selectFrom('payment')
    .select(['payment_id', 'amount_fen', 'allocations'])
    .where('payment_id', 'in', ids)
    .where('case_id', '=', order.caseId)
    .where('msisdn', '=', msisdn)
    .where('carrier', '=', order.carrier)
    .where('home_province', '=', order.homeProvince)
    .where('order_id', 'is', null)
    .where('given_back_at', 'is', null)
    .forNoKeyUpdate()
    .execute()
  if (payments.length !== ids.length) return fail('job.invalidReference', { field: 'paymentIds' })
  const paidFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  if (paidFen !== payableFen) return differs(paidFen)
  const allocations = payments.flatMap((payment) => JSON.parse(payment.allocations) as Allocation[])
  return overAllocated(allocations, settlement) ? differs(paidFen) : ok(undefined)
}
