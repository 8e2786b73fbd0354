import { byStore } from '../../../src/shared/domain/repairs.ts'
import type { ProductOrderTable } from '../database/tables.ts'

/** Whether the order waits for its customer because its own store wants it, not the home province. */
export function isReturnedByStore(order: Pick<ProductOrderTable, 'stage' | 'returned_for'>): boolean {
  if (order.stage !== 'returned' || order.returned_for === null) return false
  return (JSON.parse(order.returned_for) as { code: string }).code === byStore
}
