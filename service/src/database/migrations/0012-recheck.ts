/**
 * The last look before anything is ended: when it was taken, and the figures that wait for the customer when they are others than
 * were signed. `bill_asked` counts how often a final bill above the limit was asked for again.
 */
export const recheck: readonly string[] = [
  'alter table product_order add column rechecked_at bigint',
  'alter table product_order add column figures text',
  'alter table product_order add column bill_asked bigint',
  // What was under way beyond this point was begun without it and goes on.
  "update product_order set rechecked_at = approved_at where stage in ('agreementsTerminated', 'settled', 'deactivated')",
]
