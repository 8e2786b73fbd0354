import type { ProductOrderTable } from '../database/tables.ts'

/** How an order is to end before its end, and by whose wish: the customer's, the true holder's, the store's, or a deadline's. */
export type EarlyEnding = 'withdrawn' | 'stopped' | 'refused' | 'expired'

/** What somebody wants of an order that nobody has decided yet; the true holder goes before everybody, the customer before the store. */
export function wishedEnding(order: ProductOrderTable): Exclude<EarlyEnding, 'expired'> | undefined {
  if (order.stop_requested_at !== null) return 'stopped'
  if (order.withdraw_requested_at !== null) return 'withdrawn'
  return order.refuse_requested_at === null ? undefined : 'refused'
}

/** When the wish was made: part of the key under which it is put to the home province. */
export function wishedAt(order: ProductOrderTable, ending: EarlyEnding): number | string {
  const at = {
    stopped: order.stop_requested_at,
    withdrawn: order.withdraw_requested_at,
    refused: order.refuse_requested_at,
    expired: null,
  }[ending]
  return at ?? order.deadline
}

/** What the home province is told. */
export function reasonOfEnding(order: ProductOrderTable, ending: EarlyEnding): string {
  switch (ending) {
    case 'withdrawn':
      return order.withdraw_reason ?? ending
    case 'refused':
      return order.refuse_reason ?? ending
    case 'stopped':
      return 'stopped by its holder'
    case 'expired':
      return 'deadline passed'
  }
}
