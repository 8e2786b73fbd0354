import type { CountedOrders } from '../../../src/shared/domain/risk-facts.ts'
import type { RiskCount } from '../../../src/shared/domain/risk-policy.ts'
import type { Tx } from '../database/handle.ts'

/** Whose orders are counted. */
export interface Counted {
  staffId: string
  storeId: string
  documentKey: string
}

const columns = { clerk: 'staff_id', store: 'store_id', document: 'document_key' } as const

/**
 * Counts orders of the whole country accepted within the last hours; the caller holds what makes two counts at once impossible.
 * A document's orders are counted by number, so that a second try with the same number does not count twice.
 */
export async function countOrders(
  tx: Tx,
  counted: Counted,
  asked: readonly Omit<RiskCount, 'name'>[],
  now: number,
): Promise<CountedOrders[]> {
  const values = { clerk: counted.staffId, store: counted.storeId, document: counted.documentKey }
  const found: CountedOrders[] = []
  for (const { of, hours } of asked) {
    const row = await tx
      .selectFrom('product_order')
      .select((eb) => (of === 'document' ? eb.fn.count('msisdn').distinct() : eb.fn.countAll()).as('total'))
      .where(columns[of], '=', values[of])
      .where('created_at', '>', now - hours * 3_600_000)
      .executeTakeFirstOrThrow()
    found.push({ of, hours, value: Number(row.total) })
  }
  return found
}
