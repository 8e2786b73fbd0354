/** What supervisors do to orders by hand: who looks after an order, a refusal by its own store, and every repair with its reason. */
export const repairs: readonly string[] = [
  'alter table product_order add column responsible_staff_id text',
  'alter table product_order add column refuse_requested_at bigint',
  'alter table product_order add column refuse_reason text',
  `create table order_repair (
    repair_id uuid primary key,
    order_id uuid not null references product_order,
    action text not null,
    request text not null,
    reason text not null,
    staff_id text not null references staff,
    device_id text not null references device,
    done_at bigint not null
  )`,
  'create index order_repair_order on order_repair (order_id, done_at)',
]
