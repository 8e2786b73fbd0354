/**
 * Money that goes back, followed as payments are: since when the provider has known nothing of a refund that it took, and when the store was
 * told; what the provider says of money given back on a terminal. Older builds leave all of it empty.
 */
export const moneyBack: readonly string[] = [
  'alter table refund_out add column forgotten_since bigint',
  'alter table refund_out add column told_at bigint',
  'alter table refund add column claim_state text',
  'alter table refund add column claim_code text',
  'alter table refund add column claim_reference text',
  'alter table refund add column claimed_at bigint',
  'alter table refund add column attempts integer not null default 0',
  'alter table refund add column step_token bigint not null default 0',
  'alter table refund add column next_step_at bigint',
  'create index refund_due on refund (next_step_at) where next_step_at is not null',
]
