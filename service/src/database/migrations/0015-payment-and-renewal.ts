/**
 * What the payment provider says of payments and what it pays out; numbers between two holders and the batches in which they are
 * cleaned. Lines that ended before are laid to rest by the dates their orders kept.
 */
export const paymentAndRenewal: readonly string[] = [
  'alter table payment add column claim_state text',
  'alter table payment add column claim_code text',
  'alter table payment add column claim_reference text',
  'alter table payment add column claimed_at bigint',
  'alter table payment add column voided_at bigint',
  `create table refund_out (
    refund_id uuid primary key,
    order_id uuid not null unique references product_order,
    route text not null check (route in ('bankCard', 'originalChannel')),
    amount_fen bigint not null check (amount_fen > 0),
    state text not null check (state in ('ordered', 'sent', 'paid', 'failed')),
    reference text,
    code text,
    attempts int not null,
    step_token bigint not null,
    next_step_at bigint,
    ordered_at bigint not null,
    settled_at bigint
  )`,
  'create index refund_out_next on refund_out (next_step_at) where next_step_at is not null',
  `create table renewal_batch (
    batch_id uuid primary key,
    carrier text not null,
    request text not null,
    formed_at bigint not null,
    submitted_at bigint,
    follow_until bigint,
    attempts int not null,
    step_token bigint not null,
    next_step_at bigint,
    closed_at bigint
  )`,
  'create index renewal_batch_next on renewal_batch (next_step_at) where next_step_at is not null',
  `create table number_resource (
    msisdn text primary key,
    carrier text not null,
    home_province text not null,
    order_id uuid not null references product_order,
    state text not null check (state in ('suspended', 'reserved', 'available')),
    cancelled_at bigint not null,
    aging_until text not null check (aging_until ~ '^\\d{4}-\\d{2}-\\d{2}$'),
    renewal text not null check (renewal in ('resting', 'due', 'batched', 'held', 'released')),
    batch_id uuid references renewal_batch,
    apps text not null,
    not_eligible text,
    release text check (release in ('clean', 'disclosed')),
    released_at bigint,
    updated_at bigint not null,
    check ((renewal = 'released') = (state = 'available')),
    check ((renewal = 'batched') = (batch_id is not null))
  )`,
  "create index number_resource_due on number_resource (carrier, aging_until) where renewal in ('resting', 'due')",
  'create index number_resource_batch on number_resource (batch_id) where batch_id is not null',
  "create index number_resource_held on number_resource (carrier) where renewal = 'held'",
  `insert into number_resource (msisdn, carrier, home_province, order_id, state, cancelled_at, aging_until, renewal, apps, updated_at)
    select distinct on (msisdn) msisdn, carrier, home_province, order_id, 'suspended', effective_at, aging_until, 'resting', '[]', updated_at
    from product_order where stage = 'deactivated' and aging_until is not null and effective_at is not null
    order by msisdn, effective_at desc`,
]
