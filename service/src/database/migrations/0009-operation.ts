/** What the operators' picture of the moment is read by. */
export const operation = [
  'create index product_order_updated on product_order (updated_at)',
  'create index outside_call_started on outside_call (started_at)',
]
