import type { Tx } from '../database/handle.ts'
import type { ProductOrderTable } from '../database/tables.ts'
import type { OrderChange } from '../orders/change-order.ts'
import type { ServiceContext } from '../service-context.ts'

/** A repair worked out: what changes in the order, what the audit says beyond the action, and what is written besides. */
export interface PreparedRepair {
  change: OrderChange
  audit: Record<string, string | number>
  /** Before the audit entry and the order's change, e.g. the ledger. */
  first?: () => Promise<void>
  /** After the change; sees the order as changed. */
  also?: (changed: ProductOrderTable) => Promise<void>
}

/** The order that is repaired, its row taken in this transaction. */
export interface RepairScene {
  tx: Tx
  context: ServiceContext
  order: ProductOrderTable
}
