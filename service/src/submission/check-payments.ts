import { fail, ok, type Result } from '../../../src/shared/domain/result.ts'
import type { Settlement } from '../../../src/shared/domain/settlement.ts'
import type { OrderSubmit, PaymentTake } from '../../../src/shared/protocol/jobs.ts'
import type { Tx } from '../database/handle.ts'
import { devicesOf } from './check-approvals.ts'

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
 * Of the payments named those of this case that were taken in this store, belong to no order and were not given back, held until the transaction
 * ends. Knowing the ids of another store's case must not let anybody spend the money in its till.
 */
export function unspentPayments(
  tx: Tx,
  { ids, caseId, storeId }: { ids: readonly string[]; caseId: string; storeId: string },
) {
  return tx
    .selectFrom('payment')
    .select(['payment_id', 'amount_fen', 'allocations'])
    .where('payment_id', 'in', [...ids])
    .where('case_id', '=', caseId)
    .where('device_id', 'in', devicesOf(tx, storeId))
    .where('order_id', 'is', null)
    .where('given_back_at', 'is', null)
    .forNoKeyUpdate()
}

/**
 * The payments named were taken in this store for this case and number, belong to no other order, and are exactly what is payable, for nothing but
 * what the settlement lists. Errors: `payment.notNeeded`, `payment.amountDiffers`, `job.invalidReference`.
 */
export async function checkPayments(
  tx: Tx,
  order: OrderSubmit,
  settlement: Settlement,
  storeId: string,
): Promise<Result<undefined>> {
  const { payableFen } = settlement
  const ids = [...new Set(order.paymentIds)]
  if (payableFen === 0) return ids.length === 0 ? ok(undefined) : fail('payment.notNeeded', { field: 'paymentIds' })
  const differs = (paidFen: number) =>
    fail('payment.amountDiffers', { field: 'paymentIds', params: { dueFen: payableFen, paidFen } })
  if (ids.length === 0) return differs(0)
  const [{ msisdn }] = order.productOrderItem
  const payments = await unspentPayments(tx, { ids, caseId: order.caseId, storeId })
    .where('msisdn', '=', msisdn)
    .where('carrier', '=', order.carrier)
    .where('home_province', '=', order.homeProvince)
    .execute()
  if (payments.length !== ids.length) return fail('job.invalidReference', { field: 'paymentIds' })
  const paidFen = payments.reduce((sum, payment) => sum + payment.amount_fen, 0)
  if (paidFen !== payableFen) return differs(paidFen)
  const allocations = payments.flatMap((payment) => JSON.parse(payment.allocations) as Allocation[])
  return overAllocated(allocations, settlement) ? differs(paidFen) : ok(undefined)
}
