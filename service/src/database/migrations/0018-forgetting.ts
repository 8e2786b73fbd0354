/** When what belongs to a person was forgotten of an order: it is looked at no more. */
export const forgetting: readonly string[] = [
  'alter table product_order add column forgotten_at bigint',
  'create index product_order_to_forget on product_order (updated_at) where forgotten_at is null',
  'create index attachment_key on attachment (key_id)',
]
